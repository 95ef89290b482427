namespace Roku.Events;

/// <summary>Settings of one client: one API key, one event group.</summary>
/// <remarks>
/// Bound from the configuration section <c>Roku</c> by default and validated at start-up. A changed <see cref="ApiKey"/>,
/// <see cref="EventGroupId"/> or limit takes effect while the program runs; what waits in the open batch is sent first.
/// <see cref="Identifiers"/> is read once. Not thread-safe.
/// </remarks>
public sealed class RokuEventsOptions
{
    /// <summary>The API key made in Ads Manager, Events, CAPI. Required; a secret: it is never logged.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The event group (one site, app or channel) that the events belong to; case matters. Required.</summary>
    public string EventGroupId { get; set; } = "";

    /// <summary>Base address of the service.</summary>
    /// <value><c>https://events.ads.rokuapi.net</c>. An <c>http</c> address is taken for loopback only.</value>
    public Uri Endpoint { get; set; } = new("https://events.ads.rokuapi.net");

    /// <summary>Whether everything goes to <c>/v1/test_events</c>, where Roku checks events and ingests none.</summary>
    /// <value>False. <see cref="RokuEventsClient.ValidateAsync"/> goes there in any case.</value>
    public bool ValidateOnly { get; set; }

    /// <summary>What this process does with an outbox that several processes share. Read for each event and batch.</summary>
    /// <value><see cref="DispatchMode.EnqueueAndSend"/>, the only one without a durable outbox.</value>
    public DispatchMode DispatchMode { get; set; }

    /// <summary>When a batch is sent.</summary>
    public BatchOptions Batch { get; } = new();

    /// <summary>How much may wait, and what happens when it is full.</summary>
    public QueueOptions Queue { get; } = new();

    /// <summary>Requests, retries and time-outs.</summary>
    public DeliveryOptions Delivery { get; } = new();

    /// <summary>The rules by which identifiers are normalized before hashing. Read once, when the client is made.</summary>
    public IdentifierOptions Identifiers { get; } = new();
}
