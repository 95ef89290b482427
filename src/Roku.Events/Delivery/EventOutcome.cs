namespace Roku.Events;

/// <summary>What became of an event.</summary>
public enum EventOutcome
{
    /// <summary>Roku accepted it.</summary>
    Delivered,

    /// <summary>Roku refused it, and would again: it is wrong.</summary>
    Rejected,

    /// <summary>It did not reach Roku, or no answer came back: send it again, with the same id.</summary>
    Undelivered,

    /// <summary>The dispatcher gave it up: it was older than <see cref="DeliveryOptions.MaxEventAge"/>, or too late for Roku to deduplicate (<see cref="DeliveryOptions.WhenLate"/>).</summary>
    Expired,

    /// <summary>The dispatcher dropped it: the queue was full, or shutdown ran out of time.</summary>
    Dropped,

    /// <summary>A hook of this client, or the options for limited data use, kept it from being sent.</summary>
    Vetoed,
}
