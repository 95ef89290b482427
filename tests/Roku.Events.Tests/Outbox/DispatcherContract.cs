using System.Net;
using System.Text.Json;
using Roku.Events.Emulator;
using Roku.Events.Tests.DeadLetters;

namespace Roku.Events.Tests.Outbox;

// What a dispatcher does whatever its events wait in. One class for each outbox runs it.
public abstract class DispatcherContract
{
    protected const int SmallestQueue = 4 * 1024 * 1024;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // With room for so many bytes.
    private protected abstract void UseOutbox(RokuEventsBuilder builder);

    [Fact]
    public async Task Sends_as_soon_as_a_batch_is_full_and_never_more_than_its_count()
    {
        await using var client = WithEmulator(options => options.Batch.MaxEvents = 100);

        await client.EnqueueAsync(1_000);
        await client.UntilAsync(counts => counts.Delivered == 1_000);

        Assert.Equal(10, client.Emulator.Requests.Count);
        Assert.All(client.Emulator.Requests, request => Assert.Equal(100, request.EventCount));
    }

    [Fact]
    public async Task Sends_as_soon_as_the_bytes_are_enough_and_never_more_than_they()
    {
        await using var client = WithEmulator(options => options.Batch.MaxBytes = 10_000);

        await client.EnqueueAsync(500);
        await client.UntilAsync(counts => counts.Delivered >= 460);
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.All(client.Emulator.Requests, request => Assert.InRange(request.Bytes, 1, 10_000));
        Assert.All(client.Emulator.Requests.SkipLast(1), request => Assert.InRange(request.Bytes, 9_000, 10_000));
    }

    [Fact]
    public async Task Sends_what_has_reached_its_age()
    {
        await using var client = WithEmulator();
        await client.EnqueueAsync(3);
        Assert.Empty(client.Emulator.Requests);

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Delivered == 3, TimeSpan.FromSeconds(30));

        Assert.InRange(client.Clock.GetUtcNow() - Some.Now, TimeSpan.FromMinutes(10), TimeSpan.FromDays(1));
        Assert.Single(client.Emulator.Requests);
    }

    [Fact]
    public async Task Flush_delivers_what_was_enqueued_before_it()
    {
        await using var client = WithEmulator();
        await client.EnqueueAsync(25);

        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal((25, 25, 0), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Waiting));
        Assert.Equal(25, client.Emulator.Events.Select(received => received.Id).Distinct().Count());
    }

    [Fact]
    public async Task Flush_of_nothing_ends_at_once()
    {
        await using var client = WithEmulator();

        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Empty(client.Emulator.Requests);
    }

    [Fact]
    public async Task Flush_that_is_cancelled_loses_nothing()
    {
        await using var client = WithEmulator();
        client.Emulator.FailNext(HttpStatusCode.ServiceUnavailable, times: 1);
        await client.EnqueueAsync(5);
        using var patience = new CancellationTokenSource();
        var flush = client.Dispatcher.FlushAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);

        flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(10));

        Assert.Equal(5, client.Dispatcher.Counts.Delivered);
    }

    [Fact]
    public async Task An_outage_delays_and_loses_nothing()
    {
        await using var client = WithEmulator(options => options.Batch.MaxEvents = 10);
        client.Emulator.FailNext(HttpStatusCode.ServiceUnavailable, times: 6);
        await client.EnqueueAsync(95);

        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(10));

        Assert.Equal(95, client.Dispatcher.Counts.Delivered);
        Assert.Equal((95, 0), (client.Emulator.EventsAccepted, client.Emulator.EventsDuplicated));
    }

    [Fact]
    public async Task A_bad_event_is_handed_over_and_sinks_no_other()
    {
        var box = new LetterBox();
        var emulator = new RokuEmulator(new() { Rejection = RejectionMode.WholeBatch, RefuseWhen = json => IdOf(json) is "e3" or "e77" ? "no" : null });
        await using var client = WithEmulator(emulator: emulator, extend: box.AddTo);
        await client.EnqueueAsync(100);

        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal((98, 2, 0), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Rejected, client.Dispatcher.Counts.Waiting));
        Assert.Equal(["e3", "e77"], box.Letters.Select(letter => letter.EventId).Order());
        Assert.All(box.Letters, letter => Assert.Equal(EventOutcome.Rejected, letter.Outcome));
        Assert.All(box.Letters, letter => Assert.Equal(Some.Now, letter.EnqueuedAt, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Events_that_grow_too_old_in_an_outage_are_handed_over()
    {
        var box = new LetterBox();
        var emulator = new RokuEmulator { Faults = new EmulatorFaultPlan(1, 1, [EmulatorFault.Status(HttpStatusCode.ServiceUnavailable)]) };
        await using var client = WithEmulator(options => options.Delivery.MaxEventAge = TimeSpan.FromHours(1), emulator, box.AddTo);
        await client.EnqueueAsync(30);

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.HandedOver == 30, TimeSpan.FromSeconds(30));

        Assert.Equal((30, 0), (client.Dispatcher.Counts.Expired, client.Dispatcher.Counts.Waiting));
        Assert.All(box.Letters, letter => Assert.Equal(EventOutcome.Expired, letter.Outcome));
    }

    [Fact]
    public async Task A_refused_key_holds_the_events_until_it_is_replaced()
    {
        await using var client = WithEmulator(emulator: new RokuEmulator(new() { ApiKey = "another" }));
        await client.EnqueueAsync(4);
        _ = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => client.Logs.Count(7) == 1, TimeSpan.FromSeconds(1));

        Assert.Equal((0, 4), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Waiting));
    }

    [Fact]
    public async Task Waits_for_room_when_full()
    {
        var opened = new TaskCompletionSource();
        await using var client = WithEmulator(before: new GateHandler(opened.Task));
        var waiting = await FillAsync(client, Cancel);
        opened.SetResult();

        await client.AdvanceUntilAsync(() => waiting.IsCompleted, TimeSpan.FromSeconds(1));
        await waiting;
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal(client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Delivered);
    }

    [Fact]
    public async Task Accepts_nothing_from_a_caller_that_gives_up_waiting_for_room()
    {
        await using var client = WithEmulator(before: new GateHandler(Task.Delay(Timeout.Infinite, Cancel)));
        using var patience = new CancellationTokenSource();
        var waiting = await FillAsync(client, patience.Token);
        var accepted = client.Dispatcher.Counts.Accepted;
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(accepted, client.Dispatcher.Counts.Accepted);
    }

    [Theory]
    [InlineData(QueueFullMode.DropNewest)]
    [InlineData(QueueFullMode.DropOldest)]
    public async Task Drops_when_full_if_told_to_and_hands_over_what_it_drops(QueueFullMode mode)
    {
        var box = new LetterBox();
        var opened = new TaskCompletionSource();
        await using var client = WithEmulator(options => options.Queue.WhenFull = mode, extend: box.AddTo, before: new GateHandler(opened.Task));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.Dispatcher.EnqueueAsync(Large(i), Cancel).AsTask()));
        Assert.InRange(client.Dispatcher.Counts.Dropped, 20, 99);

        opened.SetResult();
        await client.Dispatcher.FlushAsync(Cancel);

        var counts = client.Dispatcher.Counts;
        Assert.Equal((100, 100, 0), (counts.Accepted, counts.Delivered + counts.Dropped, counts.Waiting));
        Assert.Equal(counts.Dropped, counts.HandedOver);
        var all = client.Emulator.Events.Select(received => received.Id).Concat(box.Letters.Select(letter => letter.EventId));
        Assert.Equal(100, all.Distinct().Count());
    }

    [Fact]
    public async Task Takes_nothing_after_its_end()
    {
        var client = WithEmulator();
        var dispatcher = client.Dispatcher;
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await dispatcher.EnqueueAsync(Some.Purchase(), Cancel));
    }

    [Fact]
    public async Task Takes_nothing_that_is_larger_than_a_request()
    {
        await using var client = WithEmulator(options => options.Batch.MaxBytes = 50_000);

        var refused = await Assert.ThrowsAsync<RokuEventValidationException>(async () => await client.Dispatcher.EnqueueAsync(Large(1), Cancel));

        Assert.Contains("bytes of JSON", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Dispatcher.Counts.Accepted);
    }

    [Fact]
    public async Task Queues_nothing_that_a_hook_keeps_back()
    {
        await using var client = WithEmulator(extend: builder => builder.AddEventHook((rokuEvent, _) => rokuEvent.Id == "e1" ? null : rokuEvent));

        await client.EnqueueAsync(3);
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal((2, 2, 1), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Vetoed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_books_add_up_under_random_faults(int seed)
    {
        var box = new LetterBox();
        var emulator = new RokuEmulator(new() { Rejection = RejectionMode.WholeBatch, RefuseWhen = json => IdOf(json).EndsWith("77", StringComparison.Ordinal) ? "no" : null })
        {
            Faults = new EmulatorFaultPlan(seed, 0.3, [
                EmulatorFault.Status(HttpStatusCode.ServiceUnavailable), EmulatorFault.Status(HttpStatusCode.TooManyRequests), EmulatorFault.Reset(accepted: true), EmulatorFault.Reset(accepted: false),
                EmulatorFault.CutAnswer(), EmulatorFault.CutJson(),
            ]),
        };
        await using var client = WithEmulator(options => options.Batch.MaxEvents = 50, emulator, box.AddTo);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(producer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 250; i++)
                {
                    await client.Dispatcher.EnqueueAsync(Some.Purchase($"{producer}-{i}"), Cancel);
                }
            },
            Cancel)));
        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(10));

        var counts = client.Dispatcher.Counts;
        Assert.Equal((2_000, 0), (counts.Accepted, counts.Waiting));
        Assert.Equal(2_000, counts.Delivered + counts.Rejected);
        Assert.Equal(8 * 2, counts.Rejected);
        Assert.Equal(counts.Delivered, client.Emulator.Events.Select(received => received.Id).Distinct().Count());
        Assert.Equal(16, box.Letters.Select(letter => letter.EventId).Distinct().Count());
    }

    private protected TestClient WithEmulator(Action<RokuEventsOptions>? configure = null, RokuEmulator? emulator = null, Action<RokuEventsBuilder>? extend = null, DelegatingHandler? before = null) =>
        TestClient.WithEmulator(
            options =>
            {
                options.Queue.MaxBytes = SmallestQueue;
                configure?.Invoke(options);
            },
            emulator,
            before,
            builder =>
            {
                UseOutbox(builder);
                extend?.Invoke(builder);
            });

    private protected static RokuEvent Large(int number) => RokuEvent.Create(EventName.Search)
        .From(EventSource.Website)
        .WithId($"large-{number}")
        .At(Some.Now)
        .WithUser(user => user.Email("jane@example.com"))
        .WithCustomData(data => data.SearchString(new string('x', 100_000)))
        .Build();

    // Until a caller waits.
    private static async Task<Task> FillAsync(TestClient client, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var enqueuing = client.Dispatcher.EnqueueAsync(Large(i), cancellationToken).AsTask();
            var accepted = client.Dispatcher.Counts.Accepted;
            while (!enqueuing.IsCompleted)
            {
                await Task.Delay(1, Cancel);
                if (client.Dispatcher.Counts.WaitingBytes > SmallestQueue * 3 / 4 && client.Dispatcher.Counts.Accepted == accepted && await IsStuckAsync(enqueuing))
                {
                    return enqueuing;
                }
            }

            await enqueuing;
        }
    }

    private static async Task<bool> IsStuckAsync(Task task) => await Task.WhenAny(task, Task.Delay(300, Cancel)) != task;

    private static string IdOf(JsonElement json) => json.GetProperty("event_id").GetString()!;

    private sealed class GateHandler(Task gate) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await gate.WaitAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

public sealed class MemoryDispatcherTests : DispatcherContract
{
    private protected override void UseOutbox(RokuEventsBuilder builder)
    {
    }
}

public sealed class SqliteDispatcherTests : DispatcherContract, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("roku-events");

    public void Dispose() => _folder.Delete(recursive: true);

    private protected override void UseOutbox(RokuEventsBuilder builder) => builder.UseSqliteOutbox(Path.Combine(_folder.FullName, "outbox.db"), options =>
    {
        // The tests' clocks run ahead of the requests.
        (options.MaxBytes, options.LeaseTime, options.Durability) = (SmallestQueue, TimeSpan.FromHours(1), SqliteDurability.ProcessCrash);
    });
}
