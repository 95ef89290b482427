using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Roku.Events;

// The instruments of one client. Names and units follow OpenTelemetry's conventions and are listed in the README;
// dashboards are built on them. The clients of a container share the meter, which gives each of them the same counters.
internal sealed class EventMetrics
{
    public const string Name = "Roku.Events";

    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _client;
    private readonly Counter<long> _enqueued;
    private readonly Counter<long> _vetoed;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _late;
    private readonly Counter<long> _deadLettered;
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<long> _batchSize;
    private readonly Histogram<long> _batchBytes;

    public EventMetrics(string client, IMeterFactory factory)
    {
        _client = new("roku.client", NameOf(client));
        _meter = factory.Create(Name);
        _enqueued = Counter("enqueued", "Events that the dispatcher accepted.");
        _vetoed = Counter("vetoed", "Events that a hook, or limited data use, kept from being sent.");
        _delivered = Counter("delivered", "Events that Roku accepted.");
        _rejected = Counter("rejected", "Events that Roku refused, by the status that says so.");
        _expired = Counter("expired", "Events given up because they were too old or too late.");
        _dropped = Counter("dropped", "Events dropped from a full queue or at shutdown.");
        _retried = Counter("retried", "Events that the dispatcher sends again.");
        _late = Counter("late", "Events sent when Roku can no longer deduplicate them.");
        _deadLettered = Counter("dead_lettered", "Events given up that went to the dead-letter handler, or that it did not take.");
        _queueDuration = Histogram<double>("queue.duration", "s", "Time from enqueueing to the first request.", [0.1, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400]);
        _requestDuration = Histogram<double>("request.duration", "s", "Time of a request, with what the HTTP pipeline repeats.", [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]);
        _batchSize = Histogram<long>("batch.size", "{event}", "Events in a batch.", [1, 10, 50, 100, 250, 500, 750, 999, 1000]);
        _batchBytes = Histogram<long>("batch.bytes", "By", "Bytes of a batch.", [1_000, 10_000, 50_000, 100_000, 250_000, 500_000, 750_000, 1_000_000]);
    }

    public static ActivitySource Activities { get; } = new(Name);

    public static string NameOf(string client) => client.Length == 0 ? "default" : client;

    public void Enqueued() => _enqueued.Add(1, _client);

    public void Vetoed() => _vetoed.Add(1, _client);

    public void Delivered(int events) => Add(_delivered, events);

    public void Rejected(string code) => _rejected.Add(1, _client, new("error.type", code));

    public void Expired(int events, bool late) => _expired.Add(events, _client, Reason(late ? "late" : "age"));

    public void Dropped(int events, string reason) => _dropped.Add(events, _client, Reason(reason));

    public void Late(int events) => Add(_late, events);

    public void HandedOver(int events) => _deadLettered.Add(events, _client, Outcome("handed_over"));

    public void Lost(int events) => _deadLettered.Add(events, _client, Outcome("lost"));

    public void Requested(AnswerKind kind, string code, TimeSpan duration) =>
        _requestDuration.Record(duration.TotalSeconds, _client, Outcome(OutcomeOf(kind)), new("error.type", kind == AnswerKind.Accepted ? null : code));

    // A batch is about to be sent.
    public void Sending(EventBatch batch, TimeProvider timeProvider)
    {
        if (batch.Attempts > 0)
        {
            _retried.Add(batch.Count, _client);
            return;
        }

        _batchSize.Record(batch.Count, _client);
        _batchBytes.Record(batch.Bytes, _client);
        for (var i = 0; _queueDuration.Enabled && i < batch.Count; i++)
        {
            _queueDuration.Record(timeProvider.GetElapsedTime(batch.EnqueuedAt(i)).TotalSeconds, _client);
        }
    }

    // What is read when somebody looks, not when it happens.
    public void Watch(Func<DispatcherStatus> read)
    {
        _meter.CreateObservableUpDownCounter("roku.events.queue.size", () => Measure(read().Waiting), "{event}", "Events that wait or are being sent.");
        _meter.CreateObservableUpDownCounter("roku.events.queue.bytes", () => Measure(read().WaitingBytes), "By", "Memory that holds them.");
        _meter.CreateObservableUpDownCounter("roku.events.queue.limit", () => Measure(read().MaxBytes), "By", "Memory that may hold them.");
        _meter.CreateObservableGauge("roku.events.queue.age", () => new Measurement<double>(read().OldestAge.TotalSeconds, _client), "s", "Age of the oldest event that waits.");
        _meter.CreateObservableGauge("roku.events.breaker.state", () => Measure((long)read().Breaker), "{state}", "0 closed, 1 half-open, 2 open, 3 held because the key was refused.");
    }

    public static string OutcomeOf(AnswerKind kind) => kind switch
    {
        AnswerKind.Accepted => "accepted",
        AnswerKind.Refused => "refused",
        AnswerKind.Unauthorized => "unauthorized",
        _ => "unavailable",
    };

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("roku.outcome", outcome);

    private static KeyValuePair<string, object?> Reason(string reason) => new("roku.reason", reason);

    private Measurement<long> Measure(long value) => new(value, _client);

    private void Add(Counter<long> counter, int events)
    {
        if (events > 0)
        {
            counter.Add(events, _client);
        }
    }

    private Counter<long> Counter(string name, string description) => _meter.CreateCounter<long>("roku.events." + name, "{event}", description);

    private Histogram<T> Histogram<T>(string name, string unit, string description, IReadOnlyList<T> boundaries)
        where T : struct =>
        _meter.CreateHistogram("roku.events." + name, unit, description, tags: null, new InstrumentAdvice<T> { HistogramBucketBoundaries = boundaries });
}
