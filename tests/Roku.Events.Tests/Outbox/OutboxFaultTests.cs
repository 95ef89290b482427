using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Roku.Events.Emulator;
using Roku.Events.Tests.DeadLetters;

namespace Roku.Events.Tests.Outbox;

// What becomes of events when the outbox fails, is slow, or ends at the wrong moment.
public sealed class OutboxFaultTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("roku-events");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_folder.FullName, "outbox.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_books_add_up_and_nothing_is_sent_twice_when_any_call_may_fail(int seed)
    {
        var random = new Random(seed);
        var emulator = new RokuEmulator(new() { Rejection = RejectionMode.WholeBatch, RefuseWhen = json => json.GetProperty("event_id").GetString()!.EndsWith('7') ? "no" : null })
        {
            Faults = new EmulatorFaultPlan(seed, 0.2, [EmulatorFault.Status(HttpStatusCode.ServiceUnavailable)]),
        };
        await using var client = With(options => options.Batch.MaxEvents = 20, emulator, outbox: outbox =>
        {
            outbox.Before = _ => MaybeAsync();

            // An append that fails after it was done is not known to have been done.
            outbox.After = what => what == "append" ? Task.CompletedTask : MaybeAsync();
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(producer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    await UntilItWorksAsync(() => client.Dispatcher.EnqueueAsync(Some.Purchase($"{producer}-{i}"), Cancel).AsTask());
                }
            },
            Cancel)));

        var flush = UntilItWorksAsync(() => client.Dispatcher.FlushAsync(Cancel));
        await client.AdvanceUntilAsync(() => flush.IsCompleted && client.Dispatcher.Counts.Waiting == 0, TimeSpan.FromMilliseconds(500));

        Assert.Equal((800, 720, 80), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Rejected));
        Assert.Equal(0, emulator.EventsDuplicated);

        Task MaybeAsync()
        {
            lock (random)
            {
                return random.NextDouble() < 0.15 ? Task.FromException(new IOException("a fault")) : Task.CompletedTask;
            }
        }
    }

    [Fact]
    public async Task An_event_that_was_never_sent_is_not_late_because_its_neighbour_is()
    {
        var clock = new FakeTimeProvider(Some.Now);
        await using (var dead = new SqliteOutbox(new OutboxFile(FilePath, new SqliteOutboxOptions(), clock)))
        {
            await dead.AppendAsync(JsonOf("in-doubt"), clock.GetUtcNow(), Cancel);
            Assert.NotNull(await dead.TakeAsync(1, int.MaxValue, Cancel));
            await dead.AppendAsync(JsonOf("never-sent-1"), clock.GetUtcNow(), Cancel);
            await dead.AppendAsync(JsonOf("never-sent-2"), clock.GetUtcNow(), Cancel);
        }

        var box = new LetterBox();
        await using var client = With(options => options.Delivery.WhenLate = LateEventMode.HandOver, extend: box.AddTo);
        client.Clock.Advance(TimeSpan.FromMinutes(20));
        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal("in-doubt", Assert.Single(box.Letters).EventId);
        Assert.Equal(["never-sent-1", "never-sent-2"], client.Emulator.Events.Select(received => received.Id));
    }

    [Fact]
    public async Task A_caller_that_finds_the_outbox_full_at_the_end_is_told()
    {
        var answer = new TaskCompletionSource();
        var client = With(maxBytes: 1_000_000, outbox: outbox => outbox.After = what => what == "append" ? answer.Task : Task.CompletedTask);
        await FillAsync();
        var enqueuing = client.Dispatcher.EnqueueAsync(Some.Purchase(), Cancel).AsTask();
        await client.DisposeWhileTimePassesAsync();

        answer.SetResult();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => enqueuing.WaitAsync(TimeSpan.FromMinutes(1), Cancel));
    }

    [Fact]
    public async Task A_flush_during_the_end_returns()
    {
        var box = new LetterBox { Before = (_, _) => Task.Delay(Timeout.Infinite, CancellationToken.None) };
        var client = With(emulator: new RokuEmulator(new() { RefuseWhen = _ => "no" }), extend: box.AddTo);
        var dispatcher = client.Dispatcher;
        await client.EnqueueAsync(1);
        _ = dispatcher.FlushAsync(Cancel);
        await client.UntilAsync(counts => counts.Rejected == 1);
        await client.EnqueueAsync(1);
        var disposing = client.DisposeAsync().AsTask();
        await client.AdvanceUntilAsync(() => ((IHostedDispatcher)dispatcher).Status.IsClosed, TimeSpan.FromMilliseconds(1));

        var flush = dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => flush.IsCompleted && disposing.IsCompleted, TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_reading_from_before_a_flush_does_not_end_it()
    {
        var (isFirst, readings, read, opened) = (1, 0, new TaskCompletionSource(), new TaskCompletionSource());
        await using var client = With(emulator: new RokuEmulator(new() { ApiKey = "another" }), outbox: outbox => outbox.After = async what =>
        {
            if (what == "status" && Interlocked.Exchange(ref isFirst, 0) == 1)
            {
                read.SetResult();
                await opened.Task;
            }

            readings += what == "status" ? 1 : 0;
        });
        _ = client.Dispatcher;
        await read.Task;
        await client.EnqueueAsync(1);
        readings = 0;
        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => readings >= 2, TimeSpan.FromMilliseconds(1));

        opened.SetResult();
        await client.AdvanceUntilAsync(() => client.Logs.Count(7) == 1, TimeSpan.FromSeconds(1));

        Assert.False(flush.IsCompleted);
    }

    [Fact]
    public async Task Leases_are_renewed_while_a_dead_letter_handler_is_slow()
    {
        var opened = new TaskCompletionSource();
        var box = new LetterBox { Before = (_, cancel) => opened.Task.WaitAsync(cancel) };
        var emulator = new RokuEmulator { Faults = new EmulatorFaultPlan(1, 1, [EmulatorFault.Status(HttpStatusCode.ServiceUnavailable)]) };
        await using var client = With(options => options.Delivery.MaxEventAge = TimeSpan.FromHours(1), emulator, box.AddTo);
        for (var i = 0; i < 300; i++)
        {
            await client.Dispatcher.EnqueueAsync(
                RokuEvent.Create(EventName.Search).From(EventSource.Website).WithId($"l{i}").At(Some.Now).WithUser(user => user.Email("jane@example.com")).WithCustomData(data => data.SearchString(new string('x', 100_000))).Build(),
                Cancel);
        }

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Expired > 0, TimeSpan.FromSeconds(5));
        for (var second = 0; second < 100; second++)
        {
            client.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancel);
        }

        opened.SetResult();
        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Waiting == 0, TimeSpan.FromSeconds(1));

        Assert.Equal((300, 300), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Expired));
    }

    [Fact]
    public async Task A_drain_outlives_an_outbox_that_fails_for_a_moment()
    {
        var fails = 0;
        var client = With(options => options.Delivery.DrainTimeout = TimeSpan.FromMinutes(5), outbox: outbox => outbox.Before = what =>
            what == "status" && Interlocked.Decrement(ref fails) >= 0 ? Task.FromException(new IOException("a fault")) : Task.CompletedTask);
        await client.EnqueueAsync(5);
        var dispatcher = client.Dispatcher;
        fails = 3;

        await client.DisposeWhileTimePassesAsync();

        Assert.Equal((5, 0), (dispatcher.Counts.Delivered, dispatcher.Counts.Waiting));
    }

    [Fact]
    public async Task What_cannot_be_deleted_is_not_dropped_and_no_caller_is_stuck()
    {
        var isBroken = false;
        var box = new LetterBox();
        await using var client = With(
            options => options.Queue.WhenFull = QueueFullMode.DropOldest,
            new RokuEmulator { Faults = new EmulatorFaultPlan(1, 1, [EmulatorFault.Status(HttpStatusCode.ServiceUnavailable)]) },
            box.AddTo,
            outbox => outbox.Before = what => isBroken && what == "complete" ? Task.FromException(new IOException("a fault")) : Task.CompletedTask,
            maxBytes: 1_000_000);
        await FillAsync();
        isBroken = true;

        await Assert.ThrowsAsync<IOException>(async () => await client.Dispatcher.EnqueueAsync(Some.Purchase("new"), Cancel));

        Assert.Equal((0, 0), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Dropped));
        Assert.Empty(box.Letters);
        isBroken = false;
    }

    [Fact]
    public async Task No_request_is_lost_when_the_outbox_closes()
    {
        for (var i = 0; i < 30; i++)
        {
            var outbox = new SqliteOutbox(new OutboxFile(Path.Combine(_folder.FullName, $"{i}.db"), new SqliteOutboxOptions { Durability = SqliteDurability.ProcessCrash }, TimeProvider.System));
            using var source = new CancellationTokenSource();
            var cancelled = Enumerable.Range(0, 500).Select(_ => outbox.AppendAsync(JsonOf("x"), Some.Now, source.Token)).ToList();
            await source.CancelAsync();
            Thread.SpinWait(i * 100);
            var last = outbox.AppendAsync(JsonOf("last"), Some.Now, CancellationToken.None);
            await outbox.DisposeAsync();

            Assert.True(await last.WaitAsync(TimeSpan.FromMinutes(1), Cancel));
            Assert.All(cancelled, task => Assert.True(task.IsCompleted));
        }
    }

    private static byte[] JsonOf(string id) => Encoding.UTF8.GetBytes(EventJson.Text(Some.Purchase(id)));

    private static async Task UntilItWorksAsync(Func<Task> work)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (IOException)
            {
                await Task.Delay(1, Cancel);
            }
        }
    }

    private async Task FillAsync()
    {
        await using var outbox = new SqliteOutbox(new OutboxFile(FilePath, new SqliteOutboxOptions { MaxBytes = 1_000_000, Durability = SqliteDurability.ProcessCrash }, new FakeTimeProvider(Some.Now)));
        while (await outbox.AppendAsync(JsonOf("filler"), Some.Now, Cancel))
        {
        }
    }

    private TestClient With(Action<RokuEventsOptions>? configure = null, RokuEmulator? emulator = null, Action<RokuEventsBuilder>? extend = null, Action<FaultyOutbox>? outbox = null, long maxBytes = 100_000_000) =>
        TestClient.WithEmulator(configure, emulator, null, builder =>
        {
            builder.Services.AddKeyedSingleton<IDurableOutbox>(builder.Name, (provider, _) =>
            {
                var options = new SqliteOutboxOptions { MaxBytes = maxBytes, Durability = SqliteDurability.ProcessCrash };
                var faulty = new FaultyOutbox(new SqliteOutbox(new OutboxFile(FilePath, options, provider.GetRequiredService<TimeProvider>())));
                outbox?.Invoke(faulty);
                return faulty;
            });
            extend?.Invoke(builder);
        });
}
