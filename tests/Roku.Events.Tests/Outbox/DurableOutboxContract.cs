using System.Text;

namespace Roku.Events.Tests.Outbox;

// What a durable outbox does for the dispatcher. One class for each runs it. Every opening stands for a process of its own.
public abstract class DurableOutboxContract : IAsyncLifetime
{
    private readonly List<IDurableOutbox> _opened = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Whether events that are kept wait before those that were appended later.
    private protected virtual bool KeepsOrder => true;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var outbox in _opened)
        {
            await outbox.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Gives_back_the_exact_bytes_and_moments_in_the_order_of_appending()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 100);

        var lease = await outbox.TakeAsync(1_000, int.MaxValue, Cancel);

        Assert.Equal(Enumerable.Range(0, 100).Select(Json), lease!.Events.Select(Text));
        Assert.Equal(Enumerable.Range(0, 100).Select(At), lease.Events.Select(stored => stored.EnqueuedAt));
        Assert.All(lease.Events, stored => Assert.Equal((0, null), (stored.Attempts, stored.InDoubtSince)));
    }

    [Fact]
    public async Task Takes_no_more_events_than_asked_for()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 10);

        var counts = await TakeAllAsync(outbox, 4, int.MaxValue);

        Assert.Equal([4, 4, 2], counts.Select(lease => lease.Events.Count));
        Assert.Null(await outbox.TakeAsync(4, int.MaxValue, Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Takes_no_more_bytes_than_asked_for_counting_what_stands_between_events(int spare)
    {
        var outbox = Open();
        await AppendAsync(outbox, 10, 19);
        var three = (3 * Encoding.UTF8.GetByteCount(Json(10))) + 2;

        var leases = await TakeAllAsync(outbox, 100, three + spare);

        Assert.Equal(spare == 0 ? [3, 3, 3] : [2, 2, 2, 2, 1], leases.Select(lease => lease.Events.Count));
        Assert.Equal(Enumerable.Range(10, 9).Select(Json), leases.SelectMany(lease => lease.Events).Select(Text));
    }

    [Fact]
    public async Task Takes_one_event_however_large_it_is()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 2);

        Assert.Equal([1, 1], (await TakeAllAsync(outbox, 100, 1)).Select(lease => lease.Events.Count));
    }

    [Fact]
    public async Task Gives_no_event_to_two_at_a_time()
    {
        IDurableOutbox[] processes = [Open(), Open(), Open()];
        await AppendAsync(processes[0], 0, 3_000);

        var taken = await Task.WhenAll(processes.Select(process => Task.Run(() => TakeAllAsync(process, 7, int.MaxValue), Cancel)));

        var all = taken.SelectMany(leases => leases).SelectMany(lease => lease.Events).Select(Text).ToList();
        Assert.Equal(3_000, all.Count);
        Assert.Equal(3_000, all.Distinct().Count());
    }

    [Fact]
    public async Task Completion_deletes()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 10);
        var lease = await outbox.TakeAsync(6, int.MaxValue, Cancel);

        await outbox.CompleteAsync(lease!, KeptEvents.None, Cancel);

        Assert.Equal(4, (await outbox.GetStatusAsync(Cancel)).Events);
        Assert.Equal(Enumerable.Range(6, 4).Select(Json), (await outbox.TakeAsync(100, int.MaxValue, Cancel))!.Events.Select(Text));
    }

    [Fact]
    public async Task Completion_makes_the_kept_wait_again_with_their_history()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 10);
        var lease = await outbox.TakeAsync(6, int.MaxValue, Cancel);
        var since = At(50);

        await outbox.CompleteAsync(lease!, new KeptEvents([1, 4], 3, since, []), Cancel);

        var status = await outbox.GetStatusAsync(Cancel);
        Assert.Equal((6, 6), (status.Events, status.FreeEvents));
        var waiting = (await TakeAllAsync(outbox, 100, int.MaxValue)).SelectMany(taken => taken.Events).ToList();
        Assert.Equal(new[] { 1, 4, 6, 7, 8, 9 }.Select(Json), waiting.Select(Text).Order());
        Assert.Equal(At(4), waiting.Single(stored => Text(stored) == Json(4)).EnqueuedAt);
        Assert.All(waiting.Where(stored => Text(stored) == Json(1) || Text(stored) == Json(4)), stored => Assert.Equal((3, since), (stored.Attempts, stored.InDoubtSince)));
        Assert.All(waiting.Where(stored => stored.EnqueuedAt >= At(6)), stored => Assert.Equal((0, null), (stored.Attempts, stored.InDoubtSince)));
        if (KeepsOrder)
        {
            Assert.Equal(new[] { 1, 4, 6, 7, 8, 9 }.Select(Json), waiting.Select(Text));
        }
    }

    [Fact]
    public async Task Release_of_a_whole_lease_changes_no_total()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 5);
        var before = await outbox.GetStatusAsync(Cancel);
        var lease = await outbox.TakeAsync(5, int.MaxValue, Cancel);

        await outbox.CompleteAsync(lease!, new KeptEvents([0, 1, 2, 3, 4], 0, null, []), Cancel);

        var after = await outbox.GetStatusAsync(Cancel);
        Assert.Equal((before.Events, before.FreeEvents), (after.Events, after.FreeEvents));
        Assert.InRange(after.Bytes, before.Bytes, before.Bytes + 10_000);
    }

    [Fact]
    public async Task Knows_how_much_waits_and_since_when()
    {
        var outbox = Open();
        Assert.Equal((0, 0, 0, null, null), await ReadAsync());

        await AppendAsync(outbox, 0, 10);
        var (events, bytes, free, oldest, _) = await ReadAsync();
        Assert.Equal((10, 10, At(0)), (events, free, oldest));
        Assert.InRange(bytes, Enumerable.Range(0, 10).Sum(i => Encoding.UTF8.GetByteCount(Json(i))), 10_000);

        var lease = await outbox.TakeAsync(4, int.MaxValue, Cancel);
        Assert.Equal((10, 6, At(4)), (await ReadAsync()) is var (e, _, f, o, _) ? (e, f, o) : default);

        await outbox.CompleteAsync(lease!, KeptEvents.None, Cancel);
        await Task.WhenAll((await TakeAllAsync(outbox, 4, int.MaxValue)).Select(rest => outbox.CompleteAsync(rest, KeptEvents.None, Cancel)));
        Assert.Equal((0, 0, 0, null, null), await ReadAsync());

        async Task<(long Events, long Bytes, long Free, DateTimeOffset? Oldest, UInt128? First)> ReadAsync()
        {
            var status = await outbox.GetStatusAsync(Cancel);
            return (status.Events, status.Bytes, status.FreeEvents, status.OldestFree, status.First);
        }
    }

    [Fact]
    public async Task Its_positions_tell_when_all_that_waited_at_a_moment_is_gone()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 3);
        var last = (await outbox.GetStatusAsync(Cancel)).Last;
        await AppendAsync(outbox, 3, 6);
        var lease = await outbox.TakeAsync(3, int.MaxValue, Cancel);
        Assert.True((await outbox.GetStatusAsync(Cancel)).First <= last);

        await outbox.CompleteAsync(lease!, KeptEvents.None, Cancel);

        Assert.True((await outbox.GetStatusAsync(Cancel)).First > last);
    }

    [Fact]
    public async Task Positions_keep_growing_when_everything_has_gone()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 3);
        await outbox.CompleteAsync((await outbox.TakeAsync(3, int.MaxValue, Cancel))!, KeptEvents.None, Cancel);
        var last = (await outbox.GetStatusAsync(Cancel)).Last;

        await AppendAsync(outbox, 3, 4);

        Assert.True((await outbox.GetStatusAsync(Cancel)).First > last);
    }

    [Fact]
    public async Task The_events_of_the_dead_are_taken_by_others_and_may_have_been_sent()
    {
        await using var dead = Open();
        var living = Open();
        await AppendAsync(dead, 0, 5);
        Assert.NotNull(await dead.TakeAsync(5, int.MaxValue, Cancel));
        Assert.Null(await living.TakeAsync(5, int.MaxValue, Cancel));

        var lease = await TakeWhenLeasesEndAsync(living);

        Assert.Equal(Enumerable.Range(0, 5).Select(Json), lease.Events.Select(Text));
        Assert.All(lease.Events, stored => Assert.True(stored.Attempts > 0 && stored.InDoubtSince is not null));
    }

    [Fact]
    public async Task A_late_completion_neither_brings_events_back_nor_spoils_the_totals()
    {
        IDurableOutbox slow = Open(), fast = Open();
        await AppendAsync(slow, 0, 5);
        var first = await slow.TakeAsync(5, int.MaxValue, Cancel);
        var second = await TakeWhenLeasesEndAsync(fast);

        await fast.CompleteAsync(second, KeptEvents.None, Cancel);
        await slow.CompleteAsync(first!, KeptEvents.None, Cancel);

        var status = await fast.GetStatusAsync(Cancel);
        Assert.Equal((0, 0, 0), (status.Events, status.Bytes, status.FreeEvents));
        await AppendAsync(fast, 5, 6);
        Assert.Equal(1, (await slow.GetStatusAsync(Cancel)).Events);
    }

    [Fact]
    public async Task Says_no_when_full_and_yes_when_there_is_room_again()
    {
        var outbox = Open(maxBytes: 1_000_000);
        var large = new string('x', 100_000);
        var appended = 0;
        while (await outbox.AppendAsync(Encoding.UTF8.GetBytes(large), At(0), Cancel))
        {
            Assert.InRange(++appended, 1, 30);
            await WhenStatusIsKnownAsync(outbox);
        }

        Assert.InRange(appended, 5, 12);
        await outbox.CompleteAsync((await outbox.TakeAsync(5, int.MaxValue, Cancel))!, KeptEvents.None, Cancel);
        await WhenStatusIsKnownAsync(outbox);
        Assert.True(await outbox.AppendAsync(Encoding.UTF8.GetBytes(large), At(0), Cancel));
    }

    [Fact]
    public async Task What_was_appended_is_there_after_a_restart()
    {
        await using (var before = Open())
        {
            await AppendAsync(before, 0, 50);
        }

        var after = Open();

        Assert.Equal(50, (await after.GetStatusAsync(Cancel)).FreeEvents);
        Assert.Equal(50, (await after.TakeAsync(100, int.MaxValue, Cancel))!.Events.Count);
    }

    [Fact]
    public async Task Takes_appends_from_many_callers_at_once()
    {
        var outbox = Open();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(() => AppendAsync(outbox, caller * 100, (caller * 100) + 100), Cancel)));

        var all = (await TakeAllAsync(outbox, 1_000, int.MaxValue)).SelectMany(lease => lease.Events).Select(Text);
        Assert.Equal(Enumerable.Range(0, 6_400).Select(Json).Order(), all.Order());
    }

    [Fact]
    public async Task A_cancelled_caller_appends_nothing()
    {
        var outbox = Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outbox.AppendAsync("{}"u8.ToArray(), At(0), new CancellationToken(true)));

        Assert.Equal(0, (await outbox.GetStatusAsync(Cancel)).Events);
    }

    [Fact]
    public async Task Says_that_it_is_closed()
    {
        var outbox = Open();
        await outbox.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => outbox.AppendAsync("{}"u8.ToArray(), At(0), Cancel));
        await outbox.DisposeAsync();
    }

    // Its leases end soon, by themselves or when the test says so.
    private protected abstract IDurableOutbox OpenOutbox(long maxBytes);

    private protected abstract Task LetLeasesEndAsync();

    // For an outbox that learns of its size by asking from time to time.
    private protected virtual async Task WhenStatusIsKnownAsync(IDurableOutbox outbox) => await outbox.GetStatusAsync(Cancel);

    private protected IDurableOutbox Open(long maxBytes = 100_000_000)
    {
        var outbox = OpenOutbox(maxBytes);
        _opened.Add(outbox);
        return outbox;
    }

    private protected static async Task AppendAsync(IDurableOutbox outbox, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            Assert.True(await outbox.AppendAsync(Encoding.UTF8.GetBytes(Json(i)), At(i), Cancel));
        }
    }

    private protected static async Task<List<OutboxLease>> TakeAllAsync(IDurableOutbox outbox, int maxEvents, int maxBytes)
    {
        var leases = new List<OutboxLease>();
        while (await outbox.TakeAsync(maxEvents, maxBytes, Cancel) is { } lease)
        {
            leases.Add(lease);
        }

        return leases;
    }

    private protected static string Text(StoredEvent stored) => Encoding.UTF8.GetString(stored.Json.Span);

    private protected static string Json(int number) => $$"""{"event_id":"e{{number:D6}}","name":"Žofie"}""";

    private protected static DateTimeOffset At(int number) => Some.Now.AddSeconds(number);

    private async Task<OutboxLease> TakeWhenLeasesEndAsync(IDurableOutbox outbox)
    {
        while (true)
        {
            await LetLeasesEndAsync();
            if (await outbox.TakeAsync(1_000, int.MaxValue, Cancel) is { } lease)
            {
                return lease;
            }
        }
    }
}
