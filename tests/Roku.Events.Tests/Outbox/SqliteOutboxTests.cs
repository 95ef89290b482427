using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Roku.Events.Tests.DeadLetters;

namespace Roku.Events.Tests.Outbox;

public sealed class SqliteOutboxTests : DurableOutboxContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("roku-events");
    private readonly FakeTimeProvider _clock = new(Some.Now);

    private string FilePath => Path.Combine(_folder.FullName, "outbox.db");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_renewed_lease_does_not_end()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 5);
        var lease = await outbox.TakeAsync(5, int.MaxValue, Cancel);
        for (var second = 0; second < 90; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await outbox.RenewAsync(lease!, Cancel);
            Assert.Null(await outbox.TakeAsync(5, int.MaxValue, Cancel));
        }

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull(await outbox.TakeAsync(5, int.MaxValue, Cancel));
    }

    [Fact]
    public async Task Leases_of_several_processes_lie_beside_each_other()
    {
        IDurableOutbox one = Open(), other = Open();
        await AppendAsync(one, 0, 30);
        var first = await one.TakeAsync(10, int.MaxValue, Cancel);
        var second = await other.TakeAsync(10, int.MaxValue, Cancel);
        await one.CompleteAsync(first!, new KeptEvents([9], 1, null, []), Cancel);

        // The kept one stands alone before what the other has.
        Assert.Equal([Json(9)], (await other.TakeAsync(10, int.MaxValue, Cancel))!.Events.Select(Text));
        Assert.Equal(Enumerable.Range(20, 10).Select(Json), (await one.TakeAsync(10, int.MaxValue, Cancel))!.Events.Select(Text));
        await other.CompleteAsync(second!, KeptEvents.None, Cancel);
        Assert.Equal(11, (await one.GetStatusAsync(Cancel)).Events);
    }

    [Fact]
    public async Task Its_file_gets_smaller_again()
    {
        var outbox = Open();
        var large = Encoding.UTF8.GetBytes(new string('x', 60_000));
        await Task.WhenAll(Enumerable.Range(0, 1_500).Select(_ => outbox.AppendAsync(large, At(0), Cancel)));
        foreach (var lease in await TakeAllAsync(outbox, 100, int.MaxValue))
        {
            await outbox.CompleteAsync(lease, KeptEvents.None, Cancel);
        }

        for (var i = 0; i < 30; i++)
        {
            await outbox.GetStatusAsync(Cancel);
        }

        await outbox.DisposeAsync();
        Assert.InRange(new FileInfo(FilePath).Length, 1, 30_000_000);
    }

    [Fact]
    public async Task Only_its_owner_may_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var outbox = Open();
        await AppendAsync(outbox, 0, 1);

        foreach (var file in _folder.GetFiles())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
        }
    }

    [Fact]
    public async Task No_identifier_is_in_it_that_was_not_hashed()
    {
        await using (var client = WithOutbox())
        {
            await client.Dispatcher.EnqueueAsync(
                RokuEvent.Create(EventName.Purchase, timeProvider: client.Clock)
                    .From(EventSource.Website)
                    .WithId("order-4711")
                    .WithUser(user => user.Email("margarethe.zz@example.com").Phone("+43 660 1234567").FirstName("Margarethe").LastName("Zuckerkandl").BirthDate(new DateOnly(1987, 6, 5)))
                    .WithCustomData(data => data.Value(1, "USD"))
                    .Build(),
                Cancel);
            Assert.Equal(1, client.Dispatcher.Counts.Waiting);
            AssertClean(expectedId: "order-4711");
        }

        AssertClean(expectedId: "order-4711");

        void AssertClean(string expectedId)
        {
            var content = string.Concat(_folder.GetFiles().Select(file => Encoding.Latin1.GetString(ReadShared(file.FullName))));
            Assert.Contains(expectedId, content, StringComparison.Ordinal);
            foreach (var plain in new[] { "margarethe", "zuckerkandl", "example.com", "1234567", "19870605", "1987-06-05", "the-api-key" })
            {
                Assert.DoesNotContain(plain, content, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public async Task What_waits_at_the_end_of_a_process_is_sent_by_the_next()
    {
        await using (var first = WithOutbox())
        {
            await first.EnqueueAsync(40);
        }

        await using var second = WithOutbox();
        await second.Dispatcher.FlushAsync(Cancel);

        Assert.Equal((0, 40, 0), (second.Dispatcher.Counts.Accepted, second.Dispatcher.Counts.Delivered, second.Dispatcher.Counts.Waiting));
        Assert.Equal(40, second.Emulator.Events.Count);
    }

    [Fact]
    public async Task Two_processes_on_one_file_send_nothing_twice()
    {
        var emulator = new Emulator.RokuEmulator();
        await using var one = WithOutbox(options => options.Batch.MaxEvents = 10, emulator);
        await using var other = WithOutbox(options => options.Batch.MaxEvents = 10, emulator);

        await Task.WhenAll(new[] { one, other }.SelectMany((client, process) => Enumerable.Range(0, 4).Select(producer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 250; i++)
                {
                    await client.Dispatcher.EnqueueAsync(Some.Purchase($"{process}-{producer}-{i}"), Cancel);
                }
            },
            Cancel))));
        await Task.WhenAll(one.Dispatcher.FlushAsync(Cancel), FlushWhileTimePassesAsync(other));

        Assert.Equal((2_000, 0), (emulator.EventsAccepted, emulator.EventsDuplicated));
        Assert.Equal(2_000, one.Dispatcher.Counts.Delivered + other.Dispatcher.Counts.Delivered);

        async Task FlushWhileTimePassesAsync(TestClient client)
        {
            var flush = client.Dispatcher.FlushAsync(Cancel);
            await Task.WhenAll(
                client.AdvanceUntilAsync(() => flush.IsCompleted, TimeSpan.FromMilliseconds(100)),
                one.AdvanceUntilAsync(() => flush.IsCompleted && one.Dispatcher.Counts.Waiting == 0, TimeSpan.FromMilliseconds(100)));
        }
    }

    [Fact]
    public async Task One_process_may_only_enqueue_and_another_only_send()
    {
        await using var shop = WithOutbox(options => (options.DispatchMode, options.Batch.MaxEvents) = (DispatchMode.EnqueueOnly, 10));
        await using var sender = WithOutbox(options => (options.DispatchMode, options.Batch.MaxEvents) = (DispatchMode.SendOnly, 10));
        await shop.EnqueueAsync(30);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sender.Dispatcher.EnqueueAsync(Some.Purchase(), Cancel));
        Assert.Empty(shop.Emulator.Requests);

        await sender.AdvanceUntilAsync(() => sender.Dispatcher.Counts.Delivered == 30, TimeSpan.FromSeconds(1));

        Assert.Empty(shop.Emulator.Requests);
        Assert.Equal(3, sender.Emulator.Requests.Count);
    }

    [Fact]
    public async Task TryEnqueue_names_the_method_to_use()
    {
        await using var client = WithOutbox();

        Assert.Contains("EnqueueAsync", Assert.Throws<InvalidOperationException>(() => client.Dispatcher.TryEnqueue(Some.Purchase())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mode_that_needs_a_shared_outbox_names_it()
    {
        var client = TestClient.WithEmulator(options => options.DispatchMode = DispatchMode.SendOnly);

        Assert.Contains("UseSqliteOutbox", Assert.ThrowsAny<Exception>(() => client.Dispatcher).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replayed_event_of_a_dead_process_is_known_to_be_in_doubt()
    {
        await using (var dead = Open())
        {
            await dead.AppendAsync(Encoding.UTF8.GetBytes(Json(1)), _clock.GetUtcNow(), Cancel);
            Assert.NotNull(await dead.TakeAsync(1, int.MaxValue, Cancel));
        }

        var box = new LetterBox();
        await using var client = WithOutbox(options => options.Delivery.WhenLate = LateEventMode.HandOver, extend: box.AddTo);
        client.Clock.Advance(TimeSpan.FromMinutes(20));
        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(1));

        // It may have been delivered 20 minutes ago: Roku would count it twice.
        Assert.Equal(EventOutcome.Expired, Assert.Single(box.Letters).Outcome);
        Assert.Empty(client.Emulator.Requests);
    }

    [Theory]
    [InlineData("this is no database, however long it is, and was never meant to be one.................................................", "is no SQLite file")]
    [InlineData("SQLite format 3\0 and then rubbish.............................................................................................", "")]
    public async Task A_file_of_another_kind_is_refused_and_left_as_it_was(string content, string expected)
    {
        await File.WriteAllTextAsync(FilePath, content, Cancel);

        var error = Assert.Throws<IOException>(() => Open());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath, Cancel));
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Run("CREATE TABLE orders (id INTEGER)");

        Assert.Contains("another program", Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await Open().DisposeAsync();
        Run("PRAGMA user_version = 99");

        Assert.Contains("newer version", Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_and_never_an_empty_outbox()
    {
        await using (var outbox = Open())
        {
            await AppendAsync(outbox, 0, 5_000);
        }

        using (var file = File.OpenWrite(FilePath))
        {
            file.Position = 4096;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)file.Length - 4096).ToArray());
        }

        var error = await Assert.ThrowsAsync<IOException>(async () => await Open().TakeAsync(10, int.MaxValue, Cancel));

        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");

        Assert.Contains(file, Assert.ThrowsAny<IOException>(() => new OutboxFile(Path.Combine(file, "outbox.db"), new SqliteOutboxOptions(), _clock)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "is locked")]
    [InlineData(8, "cannot be written")]
    [InlineData(10, "error of the disk")]
    [InlineData(11, "is damaged")]
    [InlineData(13, "Make room")]
    [InlineData(14, "Check that its folder exists")]
    [InlineData(19, "SQLite error 19")]
    public void An_error_of_the_file_names_it_and_says_what_to_do(int code, string expected)
    {
        using var file = new OutboxFile(FilePath, new SqliteOutboxOptions(), _clock);

        var message = file.Describe(new SqliteException("no", code))!.Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(FilePath, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_full_refuses_events_and_takes_them_when_there_is_room()
    {
        var file = new OutboxFile(FilePath, new SqliteOutboxOptions(), _clock);
        await using var outbox = new SqliteOutbox(file);
        file.ExecuteOnce("PRAGMA max_page_count = 50");
        var large = Encoding.UTF8.GetBytes(new string('x', 50_000));
        var appended = 0;
        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (; appended < 100; appended++)
            {
                await outbox.AppendAsync(large, At(0), Cancel);
            }
        });

        Assert.Contains("does not fit on its disk", error.Message, StringComparison.Ordinal);
        Assert.Equal(appended, (await outbox.GetStatusAsync(Cancel)).Events);
        file.ExecuteOnce("PRAGMA max_page_count = 1000000");
        Assert.True(await outbox.AppendAsync(large, At(0), Cancel));
    }

    [Fact]
    public async Task A_locked_file_is_an_error_and_works_again_when_it_is_free()
    {
        await using var client = WithOutbox(outbox: options => options.BusyTimeout = TimeSpan.FromSeconds(1));
        await client.EnqueueAsync(1);
        using (Lock())
        {
            var error = await Assert.ThrowsAsync<IOException>(() => client.EnqueueAsync(1));
            Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
        }

        await client.EnqueueAsync(2);
        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(1));
        Assert.Equal((3, 3), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Delivered));
    }

    [Fact]
    public async Task Delivered_events_are_not_sent_again_because_the_file_was_locked_then()
    {
        SqliteConnection? holder = null;
        await using var client = WithOutbox(outbox: options => options.BusyTimeout = TimeSpan.FromSeconds(1), before: new Callback(() => holder = Lock()));
        await client.EnqueueAsync(7);
        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => client.Logs.Count(19) > 0, TimeSpan.FromMilliseconds(1));
        holder!.Dispose();

        await client.AdvanceUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal((7, 0, 7), (client.Emulator.EventsAccepted, client.Emulator.EventsDuplicated, client.Dispatcher.Counts.Delivered));
    }

    [Theory]
    [InlineData("MaxBytes")]
    [InlineData("LeaseTime")]
    [InlineData("BusyTimeout")]
    [InlineData("Durability")]
    [InlineData("lose its leases")]
    public void Options_out_of_range_are_named(string option)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddRokuEvents().UseSqliteOutbox(FilePath, options =>
        {
            options.MaxBytes = option == "MaxBytes" ? 1 : options.MaxBytes;
            options.LeaseTime = option == "LeaseTime" ? TimeSpan.Zero : options.LeaseTime;
            options.BusyTimeout = option == "BusyTimeout" ? TimeSpan.FromDays(1) : options.BusyTimeout;
            options.BusyTimeout = option == "lose its leases" ? options.LeaseTime : options.BusyTimeout;
            options.Durability = option == "Durability" ? (SqliteDurability)7 : options.Durability;
        }));

        Assert.Contains(option, error.Message, StringComparison.Ordinal);
    }

    private protected override IDurableOutbox OpenOutbox(long maxBytes) => new SqliteOutbox(new OutboxFile(FilePath, new SqliteOutboxOptions { MaxBytes = maxBytes }, _clock));

    private protected override Task LetLeasesEndAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(10));
        return Task.CompletedTask;
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    private TestClient WithOutbox(Action<RokuEventsOptions>? configure = null, Emulator.RokuEmulator? emulator = null, Action<RokuEventsBuilder>? extend = null, Action<SqliteOutboxOptions>? outbox = null, DelegatingHandler? before = null) =>
        TestClient.WithEmulator(configure, emulator, before, builder =>
        {
            builder.UseSqliteOutbox(FilePath, outbox);
            extend?.Invoke(builder);
        });

    private void Run(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    // Until it is disposed.
    private SqliteConnection Lock()
    {
        var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        return connection;
    }

    // Before the first request.
    private sealed class Callback(Action call) : DelegatingHandler
    {
        private int _calls;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _calls) == 1)
            {
                call();
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
