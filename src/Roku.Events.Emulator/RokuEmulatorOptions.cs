namespace Roku.Events.Emulator;

/// <summary>What a <see cref="RokuEmulator"/> accepts and how much it remembers.</summary>
/// <remarks>The emulator copies the values when it is constructed; later changes have no effect on it.</remarks>
public sealed class RokuEmulatorOptions
{
    /// <summary>The API key a request must carry as its bearer token; any other key is answered with 401.</summary>
    /// <value>The default is <see langword="null"/>: any key that is not empty will do.</value>
    public string? ApiKey { get; set; }

    /// <summary>
    /// The event group that belongs to the key; a request for any other group is answered with 403. Compared
    /// case-sensitively, as Roku does.
    /// </summary>
    /// <value>The default is <see langword="null"/>: any group will do.</value>
    public string? EventGroupId { get; set; }

    /// <summary>What happens to a request in which some events are invalid.</summary>
    /// <value>The default is <see cref="RejectionMode.Partial"/>.</value>
    public RejectionMode Rejection { get; set; }

    /// <summary>How the invalid events of a request are named in <c>failed_events</c>; Roku does not publish it.</summary>
    /// <value>The default is <see cref="FailedEventsShape.IndexAndEventId"/>.</value>
    public FailedEventsShape FailedEvents { get; set; }

    /// <summary>A rule beside Roku's: takes the JSON of an event and returns why it is invalid, or <see langword="null"/> to accept it. Must be thread-safe.</summary>
    /// <value>The default is <see langword="null"/>: no rule. Answer the same for the same event, or a client that sends it again sees what no server does.</value>
    public Func<System.Text.Json.JsonElement, string?>? RefuseWhen { get; set; }

    /// <summary>
    /// How many accepted events are remembered; beyond it the oldest are forgotten while the totals keep counting. The
    /// same bound holds for the ids by which duplicates are recognised.
    /// </summary>
    /// <value>The default is 100,000; each takes roughly twice its JSON in memory. Zero remembers none.</value>
    public int MaxRememberedEvents { get; set; } = 100_000;

    /// <summary>How many requests are remembered; beyond it the oldest are forgotten while the totals keep counting.</summary>
    /// <value>The default is 10,000. Zero remembers none.</value>
    public int MaxRememberedRequests { get; set; } = 10_000;

    internal RokuEmulatorOptions ValidCopy()
    {
        if (ApiKey is "")
        {
            throw new ArgumentException("RokuEmulatorOptions.ApiKey is empty. Use null to accept any key.");
        }

        if (EventGroupId is "")
        {
            throw new ArgumentException("RokuEmulatorOptions.EventGroupId is empty. Use null to accept any event group.");
        }

        if (!Enum.IsDefined(Rejection))
        {
            throw new ArgumentException($"RokuEmulatorOptions.Rejection is {Rejection}. Use Partial or WholeBatch.");
        }

        if (!Enum.IsDefined(FailedEvents))
        {
            throw new ArgumentException($"RokuEmulatorOptions.FailedEvents is {FailedEvents}. Use a value of FailedEventsShape.");
        }

        if (MaxRememberedEvents < 0 || MaxRememberedRequests < 0)
        {
            throw new ArgumentException(
                $"RokuEmulatorOptions.MaxRememberedEvents is {MaxRememberedEvents} and MaxRememberedRequests is " +
                $"{MaxRememberedRequests}. Use zero or more.");
        }

        return (RokuEmulatorOptions)MemberwiseClone();
    }
}
