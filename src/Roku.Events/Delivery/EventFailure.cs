namespace Roku.Events;

/// <summary>An event that was not delivered, and why.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class EventFailure
{
    internal EventFailure(int index, string eventId, EventOutcome outcome, string reason)
    {
        Index = index;
        EventId = eventId;
        Outcome = outcome;
        Reason = reason;
    }

    /// <summary>The event's place, from 0, among the events that were given to the call.</summary>
    public int Index { get; }

    /// <summary>The event's id.</summary>
    public string EventId { get; }

    /// <summary><see cref="EventOutcome.Rejected"/>, <see cref="EventOutcome.Undelivered"/> or <see cref="EventOutcome.Vetoed"/>.</summary>
    public EventOutcome Outcome { get; }

    /// <summary>Status and message of Roku, or what went wrong on the way; cut at 300 characters, with anything that looks personal taken out.</summary>
    public string Reason { get; }

    /// <summary>Place, id, outcome and reason.</summary>
    public override string ToString() => $"[{Index}] {EventId}: {Outcome}, {Reason}";
}
