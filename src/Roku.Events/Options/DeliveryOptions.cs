namespace Roku.Events;

/// <summary>Requests, retries and time-outs.</summary>
/// <remarks>
/// Two kinds of retry, each in one place: the HTTP pipeline repeats a request a few times within seconds (a blip); the
/// dispatcher keeps a batch through an outage and tries again with growing waits, one request at a time.
/// </remarks>
public sealed class DeliveryOptions
{
    /// <summary>Batches being sent at the same time.</summary>
    /// <value>4. From 1 to 64.</value>
    public int MaxConcurrentRequests { get; set; } = 4;

    /// <summary>Time that one attempt of a request may take, its answer included.</summary>
    /// <value>30 seconds. From 1 second to 10 minutes. A change takes effect with the next HTTP handler, within minutes.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the HTTP pipeline repeats a request after a transient failure (408, 429, 5xx, network, time-out).</summary>
    /// <value>3, about 1, 2 and 4 seconds apart. From 0 to 10. A change takes effect with the next HTTP handler, within minutes.</value>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The longest wait of the dispatcher between two attempts during an outage, unless Roku asks for more (Retry-After, up to an hour).</summary>
    /// <value>10 minutes. Waits grow from 1 second, doubled each time, with full jitter. From 1 second to 1 day.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an undelivered event is kept, counted from when it was enqueued.</summary>
    /// <value>24 hours. At least <see cref="BatchOptions.MaxAge"/>, at most 365 days. Looked at whenever sending fails or the options change.</value>
    public TimeSpan MaxEventAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Whether a browser pixel sends the same events, under the same ids.</summary>
    /// <value>
    /// False. When true, an event is late (<see cref="WhenLate"/>) once it has waited 10 minutes: Roku counts it and its pixel's only once when
    /// they arrive within 10 minutes of each other. <see cref="BatchOptions.MaxAge"/> must then be 5 minutes or less.
    /// </value>
    public bool WithPixel { get; set; }

    /// <summary>What becomes of an event that is due to be sent when Roku can no longer deduplicate it.</summary>
    /// <value>
    /// <see cref="LateEventMode.Send"/>. An event is late when a request that may have reached Roku carried it more than 10 minutes ago, and,
    /// <see cref="WithPixel"/>, when it was enqueued more than 10 minutes ago. Late events sent are counted by the metric <c>roku.events.late</c>.
    /// </value>
    public LateEventMode WhenLate { get; set; }

    /// <summary>
    /// Time that shutdown and disposal may take to deliver what waits, and to hand what is left to the dead-letter handler (which has the last
    /// fifth of it, at most 5 seconds). What is left then is dropped, counted and logged.
    /// </summary>
    /// <value>25 seconds, inside the generic host's 30. Zero or more.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);
}
