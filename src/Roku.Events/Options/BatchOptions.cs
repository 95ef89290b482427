namespace Roku.Events;

/// <summary>When the dispatcher sends a batch: as soon as the first of these limits is reached.</summary>
public sealed class BatchOptions
{
    /// <summary>Events in one request.</summary>
    /// <value>1,000, the most that Roku takes. From 1 to 1,000.</value>
    public int MaxEvents { get; set; } = 1_000;

    /// <summary>Bytes of one request body, envelope included.</summary>
    /// <value>1,000,000: the limit of Roku's connector; Roku's own is not published. From 1,000 to 1,000,000.</value>
    public int MaxBytes { get; set; } = 1_000_000;

    /// <summary>Time after which a batch is sent, counted from its oldest event.</summary>
    /// <value>
    /// 10 minutes, as Roku's connector. Use a minute or less when a browser pixel sends the same events: Roku counts a pair
    /// once only when both arrive within 10 minutes of each other. More than zero, at most 10 minutes.
    /// </value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(10);
}
