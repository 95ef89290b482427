namespace Roku.Events;

/// <summary>What became of each event of one call.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DeliveryReport
{
    private readonly int _count;

    internal DeliveryReport(int count, IReadOnlyList<EventFailure> failures, TimeSpan? retryAfter)
    {
        _count = count;
        Failures = failures;
        RetryAfter = retryAfter;
        Rejected = failures.Count(static failure => failure.Outcome == EventOutcome.Rejected);
        Vetoed = failures.Count(static failure => failure.Outcome == EventOutcome.Vetoed);
    }

    /// <summary>Events that Roku accepted.</summary>
    public int Delivered => _count - Failures.Count;

    /// <summary>Events that Roku refused.</summary>
    public int Rejected { get; }

    /// <summary>Events that a hook of the client, or limited data use, kept from being sent.</summary>
    public int Vetoed { get; }

    /// <summary>Events that did not reach Roku.</summary>
    public int Undelivered => Failures.Count - Rejected - Vetoed;

    /// <summary>Whether some of the undelivered events may have reached Roku all the same: an answer was lost on its way. Their ids make sending again safe within 10 minutes.</summary>
    public bool MayHaveArrived { get; internal init; }

    /// <summary>The events that were not delivered, in the order in which they were given.</summary>
    public IReadOnlyList<EventFailure> Failures { get; }

    /// <summary>How long Roku asked to wait before sending again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What became of the event at a place, from 0, among those given to the call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public EventOutcome OutcomeOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _count);
        var (low, high) = (0, Failures.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Failures[middle].Index == index)
            {
                return Failures[middle].Outcome;
            }

            (low, high) = Failures[middle].Index < index ? (middle + 1, high) : (low, middle - 1);
        }

        return EventOutcome.Delivered;
    }

    /// <summary>The counts; that of vetoed events only when there are any.</summary>
    public override string ToString() => $"delivered={Delivered} rejected={Rejected} undelivered={Undelivered}{(Vetoed > 0 ? $" vetoed={Vetoed}" : "")}";
}
