using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using Roku.Events.Emulator;

namespace Roku.Events.Tests.Observability;

public sealed class MetricTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_instrument_reaches_the_opentelemetry_sdk_with_the_unit_that_the_readme_gives()
    {
        await using var client = TestClient.WithEmulator();
        using var metrics = new ExportedMetrics(client.Services);
        using var instruments = new PublishedInstruments(client.Services);
        await client.EnqueueAsync(1);

        var exported = metrics.Read().Select(point => (point.Instrument, point.Unit)).ToHashSet();

        Assert.Equal(ReadmeTable(), instruments.All.Select(instrument => (instrument.Name, instrument.Unit!)).Order());
        Assert.All(exported, point => Assert.Contains((point.Instrument, point.Unit!), ReadmeTable()));
        Assert.Contains(("roku.events.enqueued", "{event}"), exported);
    }

    [Fact]
    public async Task Counts_what_is_delivered_and_what_is_rejected_and_why()
    {
        await using var client = TestClient.WithEmulator(emulator: Refusing("e3"));
        using var metrics = new ExportedMetrics(client.Services);
        await client.EnqueueAsync(10);
        client.Clock.Advance(TimeSpan.FromSeconds(90));

        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal(10, metrics.Sum("enqueued"));
        Assert.Equal(9, metrics.Sum("delivered"));
        Assert.Equal(1, metrics.Sum("rejected", ("error.type", "210")));
        Assert.Equal((1, 10), (metrics.Count("batch.size"), metrics.Sum("batch.size")));
        Assert.Equal((1, client.Emulator.Requests[0].Bytes), (metrics.Count("batch.bytes"), metrics.Sum("batch.bytes")));
        Assert.Equal((10, 900), (metrics.Count("queue.duration"), metrics.Sum("queue.duration")));
        Assert.Equal(1, metrics.Count("request.duration", ("roku.outcome", "accepted")));
        Assert.Equal(0, metrics.Sum("queue.size"));
    }

    [Fact]
    public async Task Counts_an_outage()
    {
        var status = 503;
        await using var client = TestClient.Answering(_ => TestClient.Answer(status));
        using var metrics = new ExportedMetrics(client.Services);
        await client.EnqueueAsync(4);
        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Clock.GetUtcNow() > Some.Now.AddMinutes(5), TimeSpan.FromSeconds(5));
        await client.AdvanceOutageUntilAsync(() => metrics.Sum("breaker.state") == (double)BreakerState.Open, TimeSpan.FromSeconds(1));

        Assert.Equal(4, metrics.Sum("queue.size"));
        Assert.InRange(metrics.Sum("queue.age"), 300, 400);
        Assert.InRange(metrics.Sum("queue.bytes"), 1, 1_000_000);
        Assert.Equal(new QueueOptions().MaxBytes, metrics.Sum("queue.limit"));
        Assert.InRange(metrics.Count("request.duration", ("roku.outcome", "unavailable"), ("error.type", "503")), 2, 100);
        Assert.InRange(metrics.Sum("retried"), 4, 400);

        status = 200;
        await client.AdvanceOutageUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(5));

        Assert.Equal((0, 0), (metrics.Sum("breaker.state"), metrics.Sum("queue.size")));
    }

    [Fact]
    public async Task Counts_what_is_given_up_and_what_becomes_of_it()
    {
        await using var client = TestClient.Answering(
            _ => TestClient.Answer(503),
            options => options.Delivery.MaxEventAge = TimeSpan.FromHours(1),
            builder => builder.UseDeadLetterHandler((_, _, _) => Task.CompletedTask));
        using var metrics = new ExportedMetrics(client.Services);
        await client.EnqueueAsync(3);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Dispatcher.Counts.HandedOver == 3, TimeSpan.FromSeconds(30));
        await client.EnqueueAsync(2);
        var draining = ((IHostedDispatcher)client.Dispatcher).DrainAsync(Cancel);
        await client.AdvanceUntilAsync(() => draining.IsCompleted, TimeSpan.FromMilliseconds(10));

        Assert.Equal(3, metrics.Sum("expired", ("roku.reason", "age")));
        Assert.Equal(2, metrics.Sum("dropped", ("roku.reason", "shutdown")));
        Assert.Equal(5, metrics.Sum("dead_lettered", ("roku.outcome", "handed_over")));
        Assert.Equal(0, metrics.Sum("dead_lettered", ("roku.outcome", "lost")));
    }

    [Fact]
    public async Task Counts_vetoes()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddEventHook((_, _) => null));
        using var metrics = new ExportedMetrics(client.Services);

        await client.EnqueueAsync(2);

        Assert.Equal((2, 0), (metrics.Sum("vetoed"), metrics.Sum("enqueued")));
    }

    [Fact]
    public async Task Clients_of_one_container_are_told_apart()
    {
        var services = new ServiceCollection();
        foreach (var name in new[] { "a", "b" })
        {
            services.AddRokuEvents(name, options => (options.ApiKey, options.EventGroupId, options.Delivery.DrainTimeout) = ("key", "group", TimeSpan.Zero)).UseEmulator();
        }

        await using var provider = services.BuildServiceProvider();
        using var metrics = new ExportedMetrics(provider);
        var (a, b) = (provider.GetRequiredKeyedService<IBatchDispatcher>("a"), provider.GetRequiredKeyedService<IBatchDispatcher>("b"));
        await a.EnqueueAsync(Some.Purchase("1"), Cancel);
        await a.EnqueueAsync(Some.Purchase("2"), Cancel);
        await b.EnqueueAsync(Some.Purchase("3"), Cancel);

        Assert.Equal((2, 1), (metrics.Sum("queue.size", ("roku.client", "a")), metrics.Sum("queue.size", ("roku.client", "b"))));
        Assert.Equal((2, 1), (metrics.Sum("enqueued", ("roku.client", "a")), metrics.Sum("enqueued", ("roku.client", "b"))));
    }

    [Fact]
    public async Task What_is_delivered_while_a_host_stops_is_exported_too()
    {
        var exported = new List<MetricSnapshot>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddRokuEvents().UseEmulator();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Roku.Events")
            .AddView(instrument => instrument.Name.StartsWith("roku.events", StringComparison.Ordinal) ? null : MetricStreamConfiguration.Drop)
            .AddInMemoryExporter(exported));
        using (var host = builder.Build())
        {
            await host.StartAsync(Cancel);
            await host.Services.GetRequiredService<IBatchDispatcher>().EnqueueAsync(Some.Purchase("at-the-last-moment", email: "last@example.com"), Cancel);
            await host.StopAsync(Cancel);
        }

        Assert.Contains(ExportedMetrics.PointsOf(exported), point => point is { Instrument: "roku.events.delivered", Value: >= 1 });
    }

    private static RokuEmulator Refusing(string id) => new(new RokuEmulatorOptions
    {
        RefuseWhen = json => json.GetProperty("event_id").GetString() == id ? "is bad" : null,
    });

    // | `roku.events.enqueued` | counter, `{event}` | …
    private static IOrderedEnumerable<(string Name, string Unit)> ReadmeTable() => RepositoryFile.ReadmeRows("roku.events.").Where(cells => !cells[1].StartsWith("span", StringComparison.Ordinal))
        .Select(cells => (cells[0].Trim('`'), cells[1].Split('`')[1]))
        .Order();
}
