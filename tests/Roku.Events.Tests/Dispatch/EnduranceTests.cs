using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.Dispatch;

// Long times and large numbers.
public sealed class EnduranceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Eight_seconds_of_503_at_a_thousand_events_a_second_lose_nothing()
    {
        var down = true;
        await using var client = TestClient.WithEmulator(
            options => options.Delivery.MaxRetries = new DeliveryOptions().MaxRetries,
            before: new Gate(() => down));
        var purchases = Enumerable.Range(0, 12_000).Select(i => Some.Purchase($"e{i}")).ToList();
        for (var step = 0; step < 120; step++)
        {
            down = step < 80;
            foreach (var purchase in purchases.Skip(step * 100).Take(100))
            {
                await client.Dispatcher.EnqueueAsync(purchase, Cancel);
            }

            client.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, Cancel);
        }

        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal("accepted=12000 delivered=12000 rejected=0 expired=0 dropped=0 waiting=0", client.Dispatcher.Counts.ToString()[..71]);
        Assert.Equal(12_000, client.Emulator.EventsAccepted);
        Assert.Equal(0, client.Emulator.EventsDuplicated);
    }

    [Fact]
    public async Task An_hour_of_outage_with_default_options_loses_nothing_and_costs_at_most_thirty_probes()
    {
        var (down, requests) = (true, 0);
        await using var client = TestClient.Answering(
            _ =>
            {
                Interlocked.Increment(ref requests);
                return TestClient.Answer(down ? 503 : 200);
            },
            options => options.Delivery.MaxRetries = new DeliveryOptions().MaxRetries);
        await client.EnqueueAsync(8_000);
        await client.AdvanceUntilAsync(() => client.Logs.Count(5) > 0, TimeSpan.FromMilliseconds(200));
        var start = client.Clock.GetUtcNow();
        var before = Volatile.Read(ref requests);

        await client.AdvanceOutageUntilAsync(() => client.Clock.GetUtcNow() - start > TimeSpan.FromHours(1), TimeSpan.FromSeconds(10));
        var probes = Volatile.Read(ref requests) - before;
        down = false;
        await client.AdvanceOutageUntilAsync(() => client.Dispatcher.Counts.Delivered == 8_000, TimeSpan.FromSeconds(10));

        Assert.InRange(probes, 5, 30);
        Assert.Equal((0, 0), (client.Dispatcher.Counts.Expired, client.Dispatcher.Counts.Dropped));
    }

    [Fact]
    public async Task One_property_that_cannot_be_reached_slows_no_other()
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        var services = new ServiceCollection();
        services.AddRokuEvents("down", Configure).HttpClient.ConfigurePrimaryHttpMessageHandler(() => new AnswerHandler((_, cancel) => never.Task.WaitAsync(cancel)));
        services.AddRokuEvents("up", Configure).UseEmulator();
        await using var provider = services.BuildServiceProvider();
        var (down, up) = (provider.GetRequiredKeyedService<IBatchDispatcher>("down"), provider.GetRequiredKeyedService<IBatchDispatcher>("up"));
        while (down.TryEnqueue(ReloadableClient.Large()))
        {
        }

        for (var i = 0; i < 5_000; i++)
        {
            await up.EnqueueAsync(Some.Purchase($"e{i}"), Cancel);
        }

        await up.FlushAsync(Cancel);

        Assert.Equal((5_000, 0), (up.Counts.Delivered, up.Counts.Waiting));
        Assert.Equal(down.Counts.Accepted, down.Counts.Waiting);
        Assert.False(down.TryEnqueue(ReloadableClient.Large()));

        static void Configure(RokuEventsOptions options)
        {
            (options.ApiKey, options.EventGroupId) = ("key", "group");
            (options.Queue.MaxBytes, options.Delivery.DrainTimeout) = (8 * 1024 * 1024, TimeSpan.Zero);
        }
    }

    // A host that has a context of one thread, and code on it that waits for nothing else.
    [Fact]
    public async Task Needs_no_thread_of_the_callers_context()
    {
        await using var client = TestClient.WithEmulator();
        var dispatcher = client.Dispatcher;
        var done = Task.Factory.StartNew(
            () =>
            {
                SynchronizationContext.SetSynchronizationContext(new DeadContext());
                dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel).AsTask().Wait(Cancel);
                dispatcher.FlushAsync(Cancel).Wait(Cancel);
                return client.Client.SendAsync([Some.Purchase("b")], Cancel).Result.Delivered;
            },
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        Assert.Equal(1, await done.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Equal(2, client.Emulator.EventsAccepted);
    }

    private sealed class Gate(Func<bool> isDown) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            isDown() ? Task.FromResult(TestClient.Answer(503)) : base.SendAsync(request, cancellationToken);
    }

    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => Debug.Fail("Nothing runs here.");

        public override void Send(SendOrPostCallback d, object? state) => Debug.Fail("Nothing runs here.");
    }
}
