namespace Roku.Events;

// Which events Roku can no longer deduplicate: it counts an id once within ten minutes.
internal static class LateEvents
{
    private static readonly TimeSpan DeduplicationWindow = TimeSpan.FromMinutes(10);

    // Events enqueued before this moment are too late.
    public static long Before(EventBatch batch, DeliveryOptions options, TimeProvider timeProvider)
    {
        var windowStart = timeProvider.GetTimestamp() - timeProvider.ToTicks(DeduplicationWindow);
        return batch.InDoubtSince < windowStart ? long.MaxValue
            : options.WithPixel ? windowStart
            : long.MinValue;
    }

    // In the ticks of its timestamps.
    public static long ToTicks(this TimeProvider timeProvider, TimeSpan time) => (long)(time.TotalSeconds * timeProvider.TimestampFrequency);
}
