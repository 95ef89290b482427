using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Roku.Events.Tests.Observability;

public sealed class HealthCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_healthy_and_has_the_state_of_the_queue()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddHealthCheck());
        await client.EnqueueAsync(2);
        client.Clock.Advance(TimeSpan.FromSeconds(12.34));

        var entry = await CheckAsync(client);

        Assert.Equal((HealthStatus.Healthy, "2 events wait."), (entry.Status, entry.Description));
        Assert.Equal(["breaker", "max_bytes", "oldest_age_seconds", "waiting", "waiting_bytes"], entry.Data.Keys.Order());
        Assert.Equal((2L, "Closed", 12.3), (entry.Data["waiting"], entry.Data["breaker"], entry.Data["oldest_age_seconds"]));
    }

    [Fact]
    public async Task Is_degraded_in_an_outage()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(503), extend: builder => builder.AddHealthCheck());
        await client.EnqueueAsync(1);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Logs.Count(5) > 0, TimeSpan.Zero);

        var entry = await CheckAsync(client);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Matches("^Roku cannot be reached .*503.* 1 events wait", entry.Description);
    }

    [Fact]
    public async Task Is_unhealthy_while_the_key_is_refused()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(401), extend: builder => builder.AddHealthCheck());
        await client.EnqueueAsync(1);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => client.Logs.Count(7) > 0, TimeSpan.Zero);

        var entry = await CheckAsync(client);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("refused the API key", entry.Description);
        Assert.DoesNotContain("the-api-key", entry.Description);
    }

    [Fact]
    public async Task Is_degraded_when_the_queue_is_nearly_full()
    {
        var hang = new TaskCompletionSource<HttpResponseMessage>();
        await using var stuck = TestClient.With(
            new AnswerHandler((_, cancel) => hang.Task.WaitAsync(cancel)),
            options => options.Queue.MaxBytes = 16 * 1024 * 1024,
            extend: builder => builder.AddHealthCheck());
        while (stuck.Dispatcher.TryEnqueue(ReloadableClient.Large()))
        {
        }

        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(stuck)).Status);
        Assert.Contains("% full", (await CheckAsync(stuck)).Description);
    }

    [Fact]
    public async Task Is_unhealthy_after_shutdown()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddHealthCheck());
        await ((IHostedDispatcher)client.Dispatcher).DrainAsync(Cancel);

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(client)).Status);
    }

    [Fact]
    public async Task Named_clients_have_checks_of_their_own()
    {
        var services = new ServiceCollection().AddLogging();
        foreach (var name in new[] { "a", "b" })
        {
            services.AddRokuEvents(name, options => (options.ApiKey, options.EventGroupId) = ("key", "group")).UseEmulator().AddHealthCheck(tags: ["ready"]);
        }

        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);

        Assert.Equal(["roku-events-a", "roku-events-b"], report.Entries.Keys.Order());
        Assert.All(report.Entries.Values, entry => Assert.Equal(["ready"], entry.Tags));
    }

    private static async Task<HealthReportEntry> CheckAsync(TestClient client) =>
        Assert.Single((await client.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel)).Entries).Value;
}
