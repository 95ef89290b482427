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
}
