namespace Roku.Events.Tests.Dispatch;

public sealed class BackpressureTests
{
    private const int SmallestQueue = 4 * 1024 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waits_for_room_when_the_queue_is_full()
    {
        var opened = new TaskCompletionSource();
        await using var client = FullWhenClosed(opened.Task, QueueFullMode.Wait);
        await FillAsync(client);

        var waiting = client.Dispatcher.EnqueueAsync(Large(), Cancel);
        Assert.False(waiting.IsCompleted);
        Assert.False(client.Dispatcher.TryEnqueue(Large()));
        opened.SetResult();
        await waiting;
        await client.Dispatcher.FlushAsync(Cancel);

        var counts = client.Dispatcher.Counts;
        Assert.Equal(counts.Accepted, counts.Delivered);
    }

    [Fact]
    public async Task Accepts_nothing_from_a_caller_that_gives_up_waiting()
    {
        await using var client = FullWhenClosed(Task.Delay(Timeout.Infinite, Cancel), QueueFullMode.Wait);
        await FillAsync(client);
        var accepted = client.Dispatcher.Counts.Accepted;
        using var source = new CancellationTokenSource();

        var waiting = client.Dispatcher.EnqueueAsync(Large(), source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.Equal(accepted, client.Dispatcher.Counts.Accepted);
    }

    [Fact]
    public async Task Tells_waiting_callers_when_it_shuts_down()
    {
        var client = FullWhenClosed(Task.Delay(Timeout.Infinite, Cancel), QueueFullMode.Wait);
        await FillAsync(client);

        var waiting = client.Dispatcher.EnqueueAsync(Large(), Cancel);
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await waiting);
    }

    [Fact]
    public async Task Drops_and_counts_the_newest_event_when_told_to()
    {
        await using var client = FullWhenClosed(Task.Delay(Timeout.Infinite, Cancel), QueueFullMode.DropNewest);

        for (var i = 0; i < 100; i++)
        {
            await client.Dispatcher.EnqueueAsync(Large(), Cancel);
        }

        var counts = client.Dispatcher.Counts;
        Assert.Equal(100, counts.Accepted);
        Assert.InRange(counts.Dropped, 50, 99);
        Assert.Equal(100, counts.Dropped + counts.Waiting);
        Assert.InRange(counts.WaitingBytes, 1, SmallestQueue);
        Assert.Equal(1, client.Logs.Count(9));
    }

    [Fact]
    public async Task Drops_and_counts_the_oldest_batch_when_told_to()
    {
        var opened = new TaskCompletionSource();
        await using var client = FullWhenClosed(opened.Task, QueueFullMode.DropOldest);
        for (var i = 0; i < 100; i++)
        {
            await client.Dispatcher.EnqueueAsync(Large(i), Cancel);
        }

        opened.SetResult();
        await client.Dispatcher.FlushAsync(Cancel);

        var counts = client.Dispatcher.Counts;
        Assert.Equal(100, counts.Delivered + counts.Dropped);
        Assert.InRange(counts.Dropped, 50, 99);
        Assert.Equal("large-99", client.Emulator.Events.OrderBy(e => int.Parse(e.Id!.AsSpan(6), null)).Last().Id);
    }

    [Fact]
    public async Task Holds_no_more_memory_than_its_bound()
    {
        await using var client = FullWhenClosed(Task.Delay(Timeout.Infinite, Cancel), QueueFullMode.Wait);

        var accepted = 0;
        while (client.Dispatcher.TryEnqueue(Some.Purchase($"e{accepted}")))
        {
            accepted++;
        }

        Assert.InRange(client.Dispatcher.Counts.WaitingBytes, SmallestQueue / 2, SmallestQueue);
        Assert.Equal(accepted, client.Dispatcher.Counts.Waiting);
    }

    // An emulator behind a gate: requests hang until it opens.
    private static TestClient FullWhenClosed(Task gate, QueueFullMode mode)
    {
        var emulator = new Emulator.RokuEmulator();
        return TestClient.WithEmulator(
            options =>
            {
                options.Queue.MaxBytes = SmallestQueue;
                options.Queue.WhenFull = mode;
            },
            emulator,
            new GateHandler(gate));
    }

    private static async Task FillAsync(TestClient client)
    {
        while (client.Dispatcher.TryEnqueue(Large()))
        {
            await Task.Yield();
        }
    }

    private static RokuEvent Large(int number = 0) => RokuEvent.Create(EventName.Search)
        .From(EventSource.Website)
        .WithId($"large-{number}")
        .WithUser(user => user.Email("jane@example.com"))
        .WithCustomData(data => data.SearchString(new string('x', 100_000)))
        .Build();

    private sealed class GateHandler(Task gate) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await gate.WaitAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
