namespace Roku.Events;

/// <summary>An event that the dispatcher accepted and did not deliver, handed back to its host.</summary>
/// <remarks>
/// Given to the handler of <see cref="RokuEventsBuilder.UseDeadLetterHandler"/> and written by
/// <see cref="RokuEventsBuilder.UseDeadLetterFile"/>. Immutable and thread-safe; it may be kept.
/// </remarks>
public sealed class DeadLetter
{
    internal DeadLetter(string eventId, EventOutcome outcome, string reason, ReadOnlyMemory<byte> json)
    {
        EventId = eventId;
        Outcome = outcome;
        Reason = reason;
        Json = json;
    }

    /// <summary>The name of the client that gave the event up; empty for the default client.</summary>
    public string ClientName { get; internal init; } = "";

    /// <summary>The event group that the event was accepted for.</summary>
    public string EventGroupId { get; internal init; } = "";

    /// <summary>The event's id. Sent again with it, the event counts once if that happens within Roku's 10 minutes.</summary>
    public string EventId { get; }

    /// <summary><see cref="EventOutcome.Rejected"/>, <see cref="EventOutcome.Expired"/> or <see cref="EventOutcome.Dropped"/>.</summary>
    public EventOutcome Outcome { get; }

    /// <summary>Status and message of Roku, or why the event was given up; cut at 300 characters, with anything that looks personal taken out.</summary>
    public string Reason { get; }

    /// <summary>The event's exact JSON object in UTF-8, as it was or would have been sent: hashes, and what is sent plain (IP address, user agent).</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>How many requests carried the event; those that the HTTP pipeline repeated count once. Zero: it cannot be at Roku.</summary>
    public int Attempts { get; internal init; }

    /// <summary>When the dispatcher accepted the event.</summary>
    public DateTimeOffset EnqueuedAt { get; internal init; }

    /// <summary>When the event was given up.</summary>
    public DateTimeOffset GivenUpAt { get; internal init; }

    /// <summary>Id, outcome and reason; nothing about the person.</summary>
    public override string ToString() => $"{EventId}: {Outcome}, {Reason}";
}
