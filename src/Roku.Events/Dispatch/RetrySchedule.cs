namespace Roku.Events;

// How long to wait before the next attempt: doubled with every failure, with full jitter so that a fleet does not come
// back as one, and never less than Roku asked for.
internal sealed class RetrySchedule
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    public int Failures { get; private set; }

    public void Succeed() => Failures = 0;

    public TimeSpan Fail(TimeSpan maxDelay, TimeSpan? retryAfter)
    {
        var ceiling = Math.Min(FirstDelay.TotalSeconds * Math.Pow(2, Failures), maxDelay.TotalSeconds);
        Failures = Math.Min(Failures + 1, 30);

        // Not security: any spread will do.
#pragma warning disable CA5394
        var delay = TimeSpan.FromSeconds(FirstDelay.TotalSeconds / 2 + ((ceiling - (FirstDelay.TotalSeconds / 2)) * Random.Shared.NextDouble()));
#pragma warning restore CA5394
        return retryAfter > delay ? retryAfter.Value : delay;
    }
}
