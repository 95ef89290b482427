namespace Roku.Events.Tests.Dispatch;

public sealed class FlushTests
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Sends_a_batch_when_it_holds_the_maximum_number_of_events()
    {
        await using var client = TestClient.WithEmulator();

        await client.EnqueueAsync(1_001);
        await client.UntilAsync(counts => counts.Delivered == 1_000);

        Assert.Equal(1, client.Dispatcher.Counts.Waiting);
        Assert.Equal(1_000, Assert.Single(client.Emulator.Requests).EventCount);
    }

    [Fact]
    public async Task Sends_a_batch_when_its_oldest_event_reaches_the_maximum_age()
    {
        await using var client = TestClient.WithEmulator();
        await client.EnqueueAsync(1);
        client.Clock.Advance(MaxAge - TimeSpan.FromSeconds(1));
        await client.EnqueueAsync(1);
        Assert.Equal(2, client.Dispatcher.Counts.Waiting);

        client.Clock.Advance(TimeSpan.FromSeconds(1));
        await client.UntilAsync(counts => counts.Delivered == 2);

        Assert.Single(client.Emulator.Requests);
    }

    [Fact]
    public async Task Counts_the_age_from_the_oldest_event_of_each_batch()
    {
        await using var client = TestClient.WithEmulator(options => options.Batch.MaxEvents = 2);
        await client.EnqueueAsync(2);
        await client.UntilAsync(counts => counts.Delivered == 2);
        client.Clock.Advance(TimeSpan.FromMinutes(4));
        await client.EnqueueAsync(1);

        client.Clock.Advance(TimeSpan.FromMinutes(6));
        client.Clock.Advance(TimeSpan.FromMinutes(4));
        await client.UntilAsync(counts => counts.Delivered == 3);

        Assert.Equal([Some.Now, Some.Now + TimeSpan.FromMinutes(14)], client.Emulator.Requests.Select(request => request.ReceivedAt));
    }

    [Fact]
    public async Task Sends_a_batch_before_it_would_pass_the_maximum_bytes()
    {
        await using var client = TestClient.WithEmulator(options =>
        {
            options.Batch.MaxBytes = 10_000;
            options.Delivery.MaxConcurrentRequests = 1;
        });

        await client.EnqueueAsync(200);
        await client.Dispatcher.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(200, client.Emulator.EventsAccepted);
        Assert.All(client.Emulator.Requests, request => Assert.InRange(request.Bytes, 1, 10_000));
        Assert.All(client.Emulator.Requests.SkipLast(1), request => Assert.InRange(request.Bytes, 9_000, 10_000));
    }

    [Fact]
    public async Task Flush_returns_when_everything_enqueued_before_is_delivered()
    {
        await using var client = TestClient.WithEmulator();
        await client.EnqueueAsync(17);

        await client.Dispatcher.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(17, client.Dispatcher.Counts.Delivered);
        Assert.Equal(17, client.Emulator.EventsAccepted);
    }

    [Fact]
    public async Task Flush_of_an_empty_queue_returns_at_once()
    {
        await using var client = TestClient.WithEmulator();

        await client.Dispatcher.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Empty(client.Emulator.Requests);
    }
}
