using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Roku.Events.Emulator;

namespace Roku.Events.Tests.Dispatch;

public sealed class ShutdownTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disposing_the_container_delivers_what_waits()
    {
        var emulator = new RokuEmulator();
        var services = new ServiceCollection();
        services.AddRokuEvents().UseEmulator(emulator);
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<IBatchDispatcher>().EnqueueAsync(Some.Purchase("last"), Cancel);
        }

        Assert.Equal("last", Assert.Single(emulator.Events).Id);
    }

    [Fact]
    public async Task Delivers_although_the_factory_makes_no_more_clients()
    {
        var requests = 0;
        using var http = new HttpClient(new AnswerHandler((_, _) =>
        {
            requests++;
            return Task.FromResult(TestClient.Answer(200));
        }));
        var services = new ServiceCollection();
        services.AddRokuEvents(options => (options.ApiKey, options.EventGroupId) = ("key", "group"));
        services.AddSingleton<IHttpClientFactory>(new OneClientFactory(http));
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<IBatchDispatcher>().EnqueueAsync(Some.Purchase(), Cancel);
        }

        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task A_host_delivers_even_what_other_services_enqueue_while_they_stop()
    {
        var emulator = new RokuEmulator();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedService<FarewellService>();
        builder.Services.AddRokuEvents().UseEmulator(emulator);
        using var host = builder.Build();
        await host.StartAsync(Cancel);
        var dispatcher = host.Services.GetRequiredService<IBatchDispatcher>();
        await dispatcher.EnqueueAsync(Some.Purchase("early"), Cancel);

        await host.StopAsync(Cancel);

        Assert.Equal(["early", "farewell"], emulator.Events.Select(e => e.Id!).Order());
        Assert.False(dispatcher.TryEnqueue(Some.Purchase()));
    }

    [Fact]
    public async Task Takes_nothing_after_disposal()
    {
        var client = TestClient.WithEmulator();
        var dispatcher = client.Dispatcher;
        await client.DisposeAsync();

        Assert.False(dispatcher.TryEnqueue(Some.Purchase()));
        var refused = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await dispatcher.EnqueueAsync(Some.Purchase(), Cancel));
        Assert.Contains("was not accepted", refused.Message);
    }

    [Fact]
    public async Task Ends_within_its_time_out_when_the_server_hangs_and_counts_what_is_left()
    {
        var client = TestClient.With(
            new AnswerHandler(async (_, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return TestClient.Answer(200);
            }),
            options => options.Delivery.DrainTimeout = TimeSpan.FromSeconds(7));
        var dispatcher = client.Dispatcher;
        await client.EnqueueAsync(1_500);
        var start = client.Clock.GetUtcNow();

        var disposing = client.DisposeAsync().AsTask();
        await client.AdvanceUntilAsync(() => disposing.IsCompleted, TimeSpan.FromSeconds(1));

        var counts = dispatcher.Counts;
        Assert.Equal((1_500, 0), (counts.Dropped, counts.Waiting));
        Assert.True(client.Clock.GetUtcNow() - start >= TimeSpan.FromSeconds(7));
        Assert.Equal(1, client.Logs.Count(10));
    }

    [Fact]
    public async Task Ends_although_a_handler_ignores_cancellation()
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        var client = TestClient.With(new AnswerHandler((_, _) => never.Task));
        var dispatcher = client.Dispatcher;
        await client.EnqueueAsync(1_000);

        var disposing = client.DisposeAsync().AsTask();
        await client.AdvanceUntilAsync(() => disposing.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal(1_000, dispatcher.Counts.Dropped);
        never.SetResult(TestClient.Answer(200));
    }

    [Fact]
    public async Task Tries_at_once_when_it_shuts_down_in_the_middle_of_a_wait()
    {
        var requests = 0;
        var client = TestClient.Answering(_ => TestClient.Answer(Interlocked.Increment(ref requests) == 1 ? 503 : 200), options => options.Delivery.DrainTimeout = TimeSpan.FromSeconds(5));
        var dispatcher = client.Dispatcher;
        await client.EnqueueAsync(3);
        _ = dispatcher.FlushAsync(Cancel);
        while (client.Logs.Count(5) == 0)
        {
            await Task.Delay(1, Cancel);
        }

        await client.DisposeAsync();

        Assert.Equal(3, dispatcher.Counts.Delivered);
    }

    [Fact]
    public async Task Does_not_wait_for_its_time_out_when_the_key_is_refused()
    {
        var client = TestClient.Answering(_ => TestClient.Answer(401), options => options.Delivery.DrainTimeout = TimeSpan.FromHours(1));
        var dispatcher = client.Dispatcher;
        await client.EnqueueAsync(3);
        _ = dispatcher.FlushAsync(Cancel);
        while (client.Logs.Count(7) == 0)
        {
            await Task.Delay(1, Cancel);
        }

        await client.DisposeAsync();

        Assert.Equal(3, dispatcher.Counts.Dropped);
    }

    [Fact]
    public async Task Flush_ends_when_the_dispatcher_is_disposed()
    {
        var client = TestClient.Answering(_ => TestClient.Answer(503));
        await client.EnqueueAsync(3);

        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.DisposeAsync();

        await flushing;
    }

    private sealed class FarewellService(IBatchDispatcher dispatcher) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            await dispatcher.EnqueueAsync(Some.Purchase("farewell"), cancellationToken);
        }
    }

    private sealed class OneClientFactory(HttpClient client) : IHttpClientFactory
    {
        private int _made;

        public HttpClient CreateClient(string name) => _made++ == 0 ? client : throw new ObjectDisposedException(nameof(IServiceProvider));
    }
}
