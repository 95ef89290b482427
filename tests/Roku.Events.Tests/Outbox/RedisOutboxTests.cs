using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Roku.Events.Emulator;
using StackExchange.Redis;

namespace Roku.Events.Tests.Outbox;

public sealed class RedisDispatcherTests : DispatcherContract
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    public RedisDispatcherTests() => Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not installed.");

    private protected override void UseOutbox(RokuEventsBuilder builder) => builder.UseRedisOutbox(RedisServer.Shared.Configuration, options =>
    {
        // The tests' clocks run ahead of the requests.
        (options.Key, options.MaxBytes, options.LeaseTime) = (_key, SmallestQueue, TimeSpan.FromHours(1));
    });
}

public sealed class RedisOutboxTests : DurableOutboxContract
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _clock = new(Some.Now);
    private readonly string _key = Guid.NewGuid().ToString("N");

    public RedisOutboxTests() => Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not installed.");

    [Fact]
    public async Task A_renewed_lease_does_not_end()
    {
        IDurableOutbox holder = Open(), other = Open();
        await AppendAsync(holder, 0, 5);
        var lease = await holder.TakeAsync(5, int.MaxValue, Cancel);
        for (var i = 0; i < 5; i++)
        {
            await LetTimePassAsync(LeaseTime * 0.7);
            await holder.RenewAsync(lease!, Cancel);
            await LetTimePassAsync(LeaseTime * 0.2);
            Assert.Null(await other.TakeAsync(5, int.MaxValue, Cancel));
        }
    }

    [Fact]
    public async Task A_holder_that_was_away_for_too_long_takes_nothing_back()
    {
        IDurableOutbox slow = Open(), fast = Open();
        await AppendAsync(slow, 0, 5);
        var first = await slow.TakeAsync(5, int.MaxValue, Cancel);
        OutboxLease? second;
        do
        {
            await LetLeasesEndAsync();
            second = await fast.TakeAsync(5, int.MaxValue, Cancel);
        }
        while (second is null);

        await slow.RenewAsync(first!, Cancel);
        await slow.CompleteAsync(first!, new KeptEvents([0, 1, 2, 3, 4], 1, null, []), Cancel);

        Assert.Null(await slow.TakeAsync(5, int.MaxValue, Cancel));
        await fast.CompleteAsync(second, KeptEvents.None, Cancel);
        Assert.Equal(0, (await fast.GetStatusAsync(Cancel)).Events);
    }

    [Fact]
    public async Task An_event_that_ten_hosts_died_with_is_set_aside()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 1);
        var setAside = 0;
        for (var deaths = 0; setAside == 0;)
        {
            var lease = await outbox.TakeAsync(1, int.MaxValue, Cancel);
            setAside = lease?.SetAside ?? 0;
            Assert.Equal(deaths >= 10 && lease is not null, setAside == 1);
            deaths += lease is null ? 0 : 1;
            await LetLeasesEndAsync();
        }

        await AppendAsync(outbox, 1, 2);
        Assert.Equal(1, (await outbox.GetStatusAsync(Cancel)).Events);
        Assert.Equal([Json(1)], (await TakeAllAsync(outbox, 5, int.MaxValue)).SelectMany(taken => taken.Events).Select(Text));
        await using var direct = await ConnectionMultiplexer.ConnectAsync(RedisServer.Shared.Configuration);
        Assert.Equal(Json(0), (string?)Assert.Single(await direct.GetDatabase().StreamRangeAsync($"{{{_key}:default}}:dead"))["json"]);
    }

    [Fact]
    public async Task Being_given_back_is_no_death()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 1);

        for (var i = 0; i < 30; i++)
        {
            var lease = await outbox.TakeAsync(1, int.MaxValue, Cancel);
            Assert.Equal((i, 0), (Assert.Single(lease!.Events).Attempts, lease.SetAside));
            await outbox.CompleteAsync(lease, new KeptEvents([0], i + 1, null, []), Cancel);
        }
    }

    [Fact]
    public async Task What_did_not_fit_keeps_its_history()
    {
        IDurableOutbox dead = Open(), living = Open();
        await AppendAsync(dead, 0, 4);
        Assert.NotNull(await dead.TakeAsync(4, int.MaxValue, Cancel));
        OutboxLease? first;
        do
        {
            await LetLeasesEndAsync();
            first = await living.TakeAsync(4, 100, Cancel);
        }
        while (first is null);

        var rest = await living.TakeAsync(4, int.MaxValue, Cancel);

        Assert.Equal(4, first.Events.Count + rest!.Events.Count);
        Assert.All(rest.Events, stored => Assert.True(stored.Attempts > 0 && stored.InDoubtSince is not null));
    }

    [Fact]
    public async Task Its_keys_lie_in_one_slot_of_a_cluster_and_vanish_with_the_events()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 3);
        var lease = await outbox.TakeAsync(3, int.MaxValue, Cancel);
        await outbox.CompleteAsync(lease!, new KeptEvents([0], 1, At(1), []), Cancel);
        await using var direct = await ConnectionMultiplexer.ConnectAsync(RedisServer.Shared.Configuration);
        var database = direct.GetDatabase();
        var tag = $"{{{_key}:default}}";
        Assert.Equal(1, await database.HashLengthAsync(tag + ":histories"));
        Assert.Equal(direct.GetHashSlot(tag + ":events"), direct.GetHashSlot(tag + ":histories"));

        await outbox.CompleteAsync((await outbox.TakeAsync(3, int.MaxValue, Cancel))!, KeptEvents.None, Cancel);

        Assert.False(await database.KeyExistsAsync(tag + ":histories"));
        Assert.Equal(0, await database.StreamLengthAsync(tag + ":events"));
    }

    [Fact]
    public async Task An_ended_process_leaves_no_consumer_behind()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 1);
        await outbox.CompleteAsync((await outbox.TakeAsync(3, int.MaxValue, Cancel))!, KeptEvents.None, Cancel);
        await outbox.DisposeAsync();

        await using var direct = await ConnectionMultiplexer.ConnectAsync(RedisServer.Shared.Configuration);
        Assert.Empty(await direct.GetDatabase().StreamConsumerInfoAsync($"{{{_key}:default}}:events", "senders"));
    }

    [Fact]
    public async Task Works_again_when_somebody_has_emptied_the_server()
    {
        using var server = new RedisServer();
        await using var client = WithOutbox(server);
        await client.EnqueueAsync(3);
        await using (var direct = await ConnectionMultiplexer.ConnectAsync(server.Configuration + ",allowAdmin=true"))
        {
            await direct.GetServers()[0].FlushAllDatabasesAsync();
        }

        await client.EnqueueAsync(5);
        await FlushAsync(client);

        Assert.Equal(5, client.Emulator.Events.Count);
        Assert.Equal(0, client.Dispatcher.Counts.Waiting);
    }

    [Fact]
    public async Task A_server_that_is_down_is_an_error_and_its_return_needs_no_restart()
    {
        using var server = new RedisServer("--appendonly", "yes", "--appendfsync", "always");
        await using var client = WithOutbox(server);
        await client.EnqueueAsync(3);
        server.Kill();
        var error = await Assert.ThrowsAsync<IOException>(() => client.EnqueueAsync(1));
        Assert.Contains("enqueue it again", error.Message, StringComparison.Ordinal);

        server.StartAgain();
        while (!await AcceptsAsync(client))
        {
            await Task.Delay(20, Cancel);
        }

        await FlushAsync(client);
        Assert.Equal(4, client.Emulator.Events.Select(received => received.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_host_starts_while_the_server_is_down_and_says_so()
    {
        using var server = new RedisServer();
        server.Kill();
        await using var client = WithOutbox(server);

        await Assert.ThrowsAsync<IOException>(() => client.EnqueueAsync(1));
        await client.AdvanceUntilAsync(() => client.Logs.Count(19) > 0, TimeSpan.FromSeconds(1));

        server.StartAgain();
        while (!await AcceptsAsync(client))
        {
            await Task.Delay(20, Cancel);
        }
    }

    [Fact]
    public async Task A_server_without_memory_refuses_events_and_says_why()
    {
        using var server = new RedisServer("--maxmemory", "3mb");
        await using var client = WithOutbox(server);
        var large = RokuEvent.Create(EventName.Search).From(EventSource.Website).At(Some.Now).WithUser(user => user.Email("jane@example.com")).WithCustomData(data => data.SearchString(new string('x', 100_000))).Build();

        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await client.Dispatcher.EnqueueAsync(large, Cancel);
            }
        });

        Assert.Contains("maxmemory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_not_repeated()
    {
        using var server = new RedisServer("--requirepass", "right");
        await using var client = WithOutbox(server, configuration: server.Configuration + ",password=hunter2-secret");

        var error = await Assert.ThrowsAsync<IOException>(() => client.EnqueueAsync(1));
        await client.AdvanceUntilAsync(() => client.Logs.Count(19) > 0, TimeSpan.FromSeconds(1));

        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", client.Logs.All(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_hosts_share_the_work_and_send_nothing_twice()
    {
        var emulator = new RokuEmulator();
        TestClient[] hosts = [.. Enumerable.Range(0, 3).Select(_ => WithOutbox(RedisServer.Shared, options => options.Batch.MaxEvents = 10, emulator))];
        await Task.WhenAll(hosts.SelectMany((host, number) => Enumerable.Range(0, 4).Select(producer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 250; i++)
                {
                    await host.Dispatcher.EnqueueAsync(Some.Purchase($"{number}-{producer}-{i}"), Cancel);
                }
            },
            Cancel))));
        await Task.WhenAll(hosts.Select(FlushAsync));

        Assert.Equal((3_000, 0), (emulator.EventsAccepted, emulator.EventsDuplicated));
        Assert.Equal(3_000, hosts.Sum(host => host.Dispatcher.Counts.Delivered));
        Assert.All(hosts, host => Assert.InRange(host.Dispatcher.Counts.Delivered, 100, 2_800));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_host_may_only_enqueue_and_another_only_send()
    {
        await using var shop = WithOutbox(RedisServer.Shared, options => (options.DispatchMode, options.Batch.MaxEvents) = (DispatchMode.EnqueueOnly, 10));
        await using var sender = WithOutbox(RedisServer.Shared, options => (options.DispatchMode, options.Batch.MaxEvents) = (DispatchMode.SendOnly, 10));
        await shop.EnqueueAsync(30);
        await shop.Dispatcher.FlushAsync(Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sender.Dispatcher.EnqueueAsync(Some.Purchase(), Cancel));

        await sender.AdvanceUntilAsync(() => sender.Dispatcher.Counts.Delivered == 30, TimeSpan.FromSeconds(1));

        Assert.Empty(shop.Emulator.Requests);
        Assert.Equal(3, sender.Emulator.Requests.Count);
    }

    [Fact]
    public async Task Clients_of_other_names_have_other_streams()
    {
        await using var client = WithOutbox(RedisServer.Shared, extend: builder => builder.Services.AddRokuEvents("brand-b", options => (options.ApiKey, options.EventGroupId, options.Delivery.DrainTimeout) = ("b", "Pbbb12345678", TimeSpan.Zero))
            .UseRedisOutbox(RedisServer.Shared.Configuration, options => options.Key = _key));
        var other = client.Services.GetRequiredKeyedService<IBatchDispatcher>("brand-b");
        await other.EnqueueAsync(Some.Purchase(), Cancel);
        await client.EnqueueAsync(2);

        await FlushAsync(client);

        Assert.Equal((2, 0), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Waiting));
        Assert.Equal(1, other.Counts.Waiting);
    }

    [Fact]
    public async Task A_connection_of_the_host_is_used_and_not_closed()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisServer.Shared.Configuration);
        await using (var client = TestClient.WithEmulator(extend: builder => builder.UseRedisOutbox("", options =>
        {
            (options.Key, options.ConnectionMultiplexerFactory) = (_key, _ => Task.FromResult<IConnectionMultiplexer>(connection));
        })))
        {
            await client.EnqueueAsync(1);
        }

        Assert.True(connection.IsConnected);
        Assert.Equal(1, await connection.GetDatabase().StreamLengthAsync($"{{{_key}:default}}:events"));
    }

    [Fact]
    public async Task A_poison_event_of_a_fleet_is_counted_and_logged()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 1);
        for (var deaths = 0; deaths < 10;)
        {
            deaths += await outbox.TakeAsync(1, int.MaxValue, Cancel) is null ? 0 : 1;
            await LetLeasesEndAsync();
        }

        await using var client = WithOutbox(RedisServer.Shared, leaseTime: LeaseTime);
        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Dropped == 1, TimeSpan.FromMinutes(1));

        Assert.Equal((0, 0), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Waiting));
        await client.AdvanceUntilAsync(() => client.Logs.Count(21) == 1, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_server_without_memory_does_not_stop_sending()
    {
        using var server = new RedisServer();
        await using var client = WithOutbox(server);
        client.Emulator.FailNext(System.Net.HttpStatusCode.ServiceUnavailable, times: 2);
        await client.EnqueueAsync(20);
        await using (var direct = await ConnectionMultiplexer.ConnectAsync(server.Configuration + ",allowAdmin=true"))
        {
            await direct.GetServers()[0].ConfigSetAsync("maxmemory", "1");
        }

        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => flush.IsCompleted, TimeSpan.FromSeconds(10));

        Assert.Equal((20, 0), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Waiting));
        Assert.Equal(0, client.Emulator.EventsDuplicated);
    }

    [Fact]
    public async Task Dropping_the_oldest_drops_no_more_than_makes_room()
    {
        var seed = Open();
        await Task.WhenAll(Enumerable.Range(0, 6_000).Select(_ => seed.AppendAsync(new byte[1_000], At(0), Cancel)));
        await using var client = TestClient.WithEmulator(options => (options.Queue.WhenFull, options.Batch.MaxEvents) = (QueueFullMode.DropOldest, 100), null, new Unreachable(), builder =>
            builder.UseRedisOutbox(RedisServer.Shared.Configuration, options => (options.Key, options.MaxBytes) = (_key, 5_000_000)));
        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Waiting == 6_000, TimeSpan.FromSeconds(1));

        await client.EnqueueAsync(1);

        Assert.InRange(client.Dispatcher.Counts.Dropped, 100, 4_000);
    }

    [Fact]
    public async Task A_renewal_that_failed_is_none()
    {
        IDurableOutbox holder = Open(), other = Open();
        await AppendAsync(holder, 0, 1);
        var lease = await holder.TakeAsync(1, int.MaxValue, Cancel);
        await LetTimePassAsync(LeaseTime * 0.6);
        await holder.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => holder.RenewAsync(lease!, Cancel));

        Assert.Equal(Some.Now, _clock.GetUtcNow() - _clock.GetElapsedTime(((RedisLease)lease!).RenewedAt));
        await LetTimePassAsync(LeaseTime * 0.6);
        Assert.NotNull(await other.TakeAsync(1, int.MaxValue, Cancel));
    }

    [Fact]
    public async Task Giving_back_again_takes_nothing_from_others()
    {
        IDurableOutbox first = Open(), second = Open(), third = Open();
        await AppendAsync(first, 0, 1);
        var lease = await first.TakeAsync(1, int.MaxValue, Cancel);
        await first.CompleteAsync(lease!, new KeptEvents([0], 1, null, []), Cancel);
        Assert.NotNull(await second.TakeAsync(1, int.MaxValue, Cancel));

        // As if the answer had been lost.
        await first.CompleteAsync(lease!, new KeptEvents([0], 1, null, []), Cancel);

        Assert.Null(await third.TakeAsync(1, int.MaxValue, Cancel));
    }

    [Fact]
    public async Task A_renewal_that_comes_after_the_completion_hides_nothing()
    {
        var outbox = Open();
        await AppendAsync(outbox, 0, 1);
        var lease = await outbox.TakeAsync(1, int.MaxValue, Cancel);
        await LetTimePassAsync(LeaseTime * 0.5);
        await outbox.CompleteAsync(lease!, new KeptEvents([0], 1, null, []), Cancel);

        await outbox.RenewAsync(lease!, Cancel);

        Assert.NotNull(await outbox.TakeAsync(1, int.MaxValue, Cancel));
    }

    [Theory]
    [InlineData("Key")]
    [InlineData("braces")]
    [InlineData("MaxBytes")]
    [InlineData("LeaseTime")]
    [InlineData("configuration")]
    public void Options_out_of_range_are_named(string option)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddRokuEvents().UseRedisOutbox(option == "configuration" ? "" : "localhost", options =>
        {
            options.Key = option switch { "Key" => " ", "braces" => "{a}", _ => options.Key };
            options.MaxBytes = option == "MaxBytes" ? 1 : options.MaxBytes;
            options.LeaseTime = option == "LeaseTime" ? TimeSpan.Zero : options.LeaseTime;
        }));

        Assert.Contains(option, error.Message, StringComparison.Ordinal);
    }

    private protected override IDurableOutbox OpenOutbox(long maxBytes)
    {
        var configuration = RedisServer.Shared.Configuration;
        var connection = new RedisConnection(async () => await ConnectionMultiplexer.ConnectAsync(configuration), isOurs: true);
        return new RedisOutbox("", connection, new RedisOutboxOptions { Key = _key, MaxBytes = maxBytes, LeaseTime = LeaseTime }, _clock);
    }

    private protected override Task LetLeasesEndAsync() => LetTimePassAsync(LeaseTime);

    // The server has a clock of its own, which nobody can move; but it can be told how long an event has been idle.
    private async Task LetTimePassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        await using var direct = await ConnectionMultiplexer.ConnectAsync(RedisServer.Shared.Configuration);
        RedisKey stream = $"{{{_key}:default}}:events";
        foreach (var pending in await direct.GetDatabase().StreamPendingMessagesAsync(stream, "senders", 10_000, RedisValue.Null))
        {
            var idle = pending.IdleTimeInMilliseconds + (long)time.TotalMilliseconds;
            await direct.GetDatabase().ExecuteAsync("XCLAIM", stream, "senders", pending.ConsumerName, 0, pending.MessageId, "IDLE", idle, "JUSTID");
        }
    }

    private TestClient WithOutbox(RedisServer server, Action<RokuEventsOptions>? configure = null, RokuEmulator? emulator = null, Action<RokuEventsBuilder>? extend = null, string? configuration = null, TimeSpan? leaseTime = null) =>
        TestClient.WithEmulator(configure, emulator, null, builder =>
        {
            builder.UseRedisOutbox(configuration ?? server.Configuration, options => (options.Key, options.LeaseTime) = (_key, leaseTime ?? TimeSpan.FromHours(1)));
            extend?.Invoke(builder);
        });

    private static async Task FlushAsync(TestClient client)
    {
        var flush = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceUntilAsync(() => flush.IsCompleted, TimeSpan.FromMilliseconds(100));
        await flush;
    }

    private static async Task<bool> AcceptsAsync(TestClient client)
    {
        try
        {
            await client.Dispatcher.EnqueueAsync(Some.Purchase("back"), Cancel);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private sealed class Unreachable : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new HttpRequestException("unreachable");
    }
}
