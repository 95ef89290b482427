using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Roku.Events;

/// <summary>What <c>AddRokuEvents</c> returns: the place where further packages and your own handlers are added to one client.</summary>
public sealed class RokuEventsBuilder
{
    internal RokuEventsBuilder(string name, IServiceCollection services, IHttpClientBuilder httpClient)
    {
        Name = name;
        Services = services;
        HttpClient = httpClient;
    }

    /// <summary>The client's name; empty for the default client.</summary>
    public string Name { get; }

    /// <summary>The services the client was added to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The HTTP client of this client, for handlers and proxies of your own. It repeats failed requests already: add no retries.</summary>
    public IHttpClientBuilder HttpClient { get; }

    /// <summary>Looks at every event of this client before it is queued or sent: passes it on, passes another on, or vetoes it.</summary>
    /// <param name="hook">
    /// Takes the event and the application's services; returns the event, a changed one (<see cref="RokuEvent.ToBuilder"/>), or null for a veto: the
    /// event is then not accepted, not sent, and counted as vetoed. What it throws reaches the caller of EnqueueAsync or SendAsync, and the
    /// event is not accepted. Called on the caller's thread; must be thread-safe.
    /// </param>
    /// <remarks>Several hooks are called in the order in which they were added.</remarks>
    public RokuEventsBuilder AddEventHook(Func<RokuEvent, IServiceProvider, RokuEvent?> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        Services.AddKeyedSingleton(Name, new EventHook(hook));
        return this;
    }

    /// <summary>As the other overload, for a hook that waits, such as for a consent service.</summary>
    /// <param name="hook">
    /// Takes the event, the application's services and the caller's token. EnqueueAsync waits for it; <see cref="IBatchDispatcher.TryEnqueue"/>
    /// cannot, and throws <see cref="InvalidOperationException"/>.
    /// </param>
    public RokuEventsBuilder AddEventHook(Func<RokuEvent, IServiceProvider, CancellationToken, ValueTask<RokuEvent?>> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        Services.AddKeyedSingleton(Name, new EventHook(hook));
        return this;
    }

    /// <summary>Hands the events that the dispatcher accepted and did not deliver (rejected, expired, dropped) to a handler of yours.</summary>
    /// <param name="handler">
    /// Takes some events (at most a batch of them), the application's services and a token that is cancelled after 30 seconds and at the end
    /// of shutdown. Called for one batch at a time, beside delivery. When it throws or takes longer it is called again with the same
    /// events, up to 10 times within some 4 minutes; then they are lost to it, counted and logged. It may see an event twice.
    /// </param>
    /// <remarks>The last handler or file given counts. Events that wait for the handler may hold 16 MiB of memory beside the queue; beyond that those rejected or dropped are lost to it.</remarks>
    public RokuEventsBuilder UseDeadLetterHandler(Func<IReadOnlyList<DeadLetter>, IServiceProvider, CancellationToken, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Services.AddKeyedSingleton<DeadLetterHandler>(Name, (provider, _) => (letters, cancellationToken) => handler(letters, provider, cancellationToken));
        return this;
    }

    /// <summary>Writes the events that the dispatcher accepted and did not deliver to a file, one JSON object a line.</summary>
    /// <param name="path">
    /// The file; its directory is made at start. Only one process may write it. A line has <c>time</c>, <c>client</c>,
    /// <c>event_group_id</c>, <c>outcome</c>, <c>reason</c>, <c>attempts</c>, <c>enqueued_at</c> and <c>event</c>, which is the exact JSON: no plain identifiers that Roku wants
    /// hashed, but IP addresses and user agents where events have them. On Unix only its owner may read it.
    /// </param>
    /// <param name="maxFileBytes">The size beyond which the file is renamed (<c>name.0001.jsonl</c>, …) and a new one begun; at least 1,000,000.</param>
    /// <param name="maxFiles">How many renamed files are kept; null for all. Older ones are deleted, with the events in them.</param>
    /// <exception cref="ArgumentException">The path is empty, or a number is out of range.</exception>
    public RokuEventsBuilder UseDeadLetterFile(string path, long maxFileBytes = 100_000_000, int? maxFiles = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFileBytes, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFiles ?? 1, 1, nameof(maxFiles));
        Services.AddKeyedSingleton<DeadLetterHandler>(Name, (_, _) => new DeadLetterFile(path, maxFileBytes, maxFiles).WriteAsync);
        return this;
    }

    /// <summary>Adds a health check: unhealthy while Roku refuses the key or the dispatcher is shut down, degraded in an outage or with a queue more than 80 % full.</summary>
    /// <param name="name">The check's name; null for <c>roku-events</c>, with the name of a named client behind it.</param>
    /// <param name="tags">Its tags, by which endpoints choose checks. A refused key is no reason to restart a process: keep it out of liveness.</param>
    public RokuEventsBuilder AddHealthCheck(string? name = null, IEnumerable<string>? tags = null)
    {
        var client = Name;
        Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name ?? (client.Length == 0 ? "roku-events" : "roku-events-" + client),
            provider => new DispatcherHealthCheck(provider.GetRequiredKeyedService<IHostedDispatcher>(client)),
            failureStatus: null,
            tags));
        return this;
    }
}
