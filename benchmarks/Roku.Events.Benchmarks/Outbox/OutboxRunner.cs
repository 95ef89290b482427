using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Roku.Events.Tests.Outbox;
using StackExchange.Redis;

namespace Roku.Events.Benchmarks.Outbox;

// What a durable event costs: against the same inserts by hand, and with more and more events waiting.
public static class OutboxRunner
{
    private const int Callers = 64;

    private static readonly byte[] Json = EventSerializer.Serialize(TypicalPurchase.Build()).ToArray();

    // -- outbox [--events N] [--rounds N] [--waiting N,N,N]
    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var (events, rounds, waiting) = (20_000, 7, new[] { 1_000, 100_000, 5_000_000 });
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--events":
                    events = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
                    break;
                case "--rounds":
                    rounds = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
                    break;
                case "--waiting":
                    waiting = [.. args[i + 1].Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
                    break;
            }
        }

        var folder = Directory.CreateTempSubdirectory("roku-bench");
        try
        {
            await AppendToFileAsync(folder, events, rounds);
            await WaitInFileAsync(folder, waiting, rounds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        if (!RedisServer.IsInstalled)
        {
            Console.WriteLine("redis-server is not installed: no figures for Redis");
            return 0;
        }

        using var server = new RedisServer();
        await AppendToRedisAsync(server, events, rounds);
        await WaitInRedisAsync(server, waiting, rounds);
        return 0;
    }

    private static async Task AppendToFileAsync(DirectoryInfo folder, int events, int rounds)
    {
        await using var ours = Provider(builder => builder.UseSqliteOutbox(Path.Combine(folder.FullName, "ours.db"), options => options.MaxBytes = long.MaxValue / 2));
        using var single = new HandWrittenInserts(Path.Combine(folder.FullName, "single.db"));
        using var bulk = new HandWrittenInserts(Path.Combine(folder.FullName, "bulk.db"));
        using var large = new HandWrittenInserts(Path.Combine(folder.FullName, "large.db"));
        await CompareAsync("SQLite, synchronous=FULL", rounds, [
            ("UseSqliteOutbox, 64 callers", events, () => EnqueueAsync(ours, events)),
            ("inserts, 64 in each commit", events, () => bulk.Insert(Json, events, Callers)),
            ("inserts, 1,000 in each commit", events, () => large.Insert(Json, events, 1_000)),
            ("inserts, one in each commit", events / 20, () => single.Insert(Json, events / 20, 1)),
        ]);
    }

    private static async Task AppendToRedisAsync(RedisServer server, int events, int rounds)
    {
        await using var ours = Provider(builder => builder.UseRedisOutbox(server.Configuration, options => options.MaxBytes = long.MaxValue / 2));
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        var database = connection.GetDatabase();
        NameValueEntry[] fields = [new("json", Json), new("at", 1_790_000_000_000)];
        await CompareAsync("Redis Streams", rounds, [
            ("UseRedisOutbox, 64 callers", events, () => EnqueueAsync(ours, events)),
            ("XADD, pipelined by 64 callers", events, () => FromManyCallersAsync(events, () => database.StreamAddAsync("raw", fields))),
        ]);
    }

    private static async Task WaitInFileAsync(DirectoryInfo folder, int[] waiting, int rounds)
    {
        var options = new SqliteOutboxOptions { MaxBytes = long.MaxValue / 2, Durability = SqliteDurability.ProcessCrash };
        var outboxes = waiting.Select(count => new SqliteOutbox(new OutboxFile(Path.Combine(folder.FullName, $"{count}.db"), options, TimeProvider.System))).ToArray<IDurableOutbox>();
        await WaitAsync("SQLite", outboxes, waiting, rounds);
    }

    private static async Task WaitInRedisAsync(RedisServer server, int[] waiting, int rounds)
    {
        var outboxes = waiting.Select(count => new RedisOutbox(
            "",
            new RedisConnection(async () => await ConnectionMultiplexer.ConnectAsync(server.Configuration), isOurs: true),
            new RedisOutboxOptions { Key = $"waiting-{count}", MaxBytes = long.MaxValue / 2 },
            TimeProvider.System)).ToArray<IDurableOutbox>();
        await WaitAsync("Redis", outboxes, waiting, rounds);
    }

    // An event's whole life in the outbox, a thousand at a time, beside those that wait.
    private static async Task WaitAsync(string name, IDurableOutbox[] outboxes, int[] waiting, int rounds)
    {
        Console.WriteLine();
        Console.WriteLine($"{name}, append + take + complete{"us/event",18}{"ratio",8}   (medians of {rounds} rounds of 10,000 events)");
        foreach (var (outbox, count) in outboxes.Zip(waiting))
        {
            await FromManyCallersAsync(count, () => AppendAsync(outbox), callers: 1_000);
        }

        var times = outboxes.Select(_ => new List<double>()).ToArray();
        for (var round = -2; round < rounds; round++)
        {
            foreach (var (outbox, list) in outboxes.Zip(times))
            {
                var start = Stopwatch.GetTimestamp();
                for (var batch = 0; batch < 10; batch++)
                {
                    await FromManyCallersAsync(1_000, () => AppendAsync(outbox));
                    await outbox.GetStatusAsync(CancellationToken.None);
                    var lease = await outbox.TakeAsync(1_000, 1_000_000, CancellationToken.None);
                    await outbox.CompleteAsync(lease!, KeptEvents.None, CancellationToken.None);
                }

                if (round >= 0)
                {
                    list.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / 10_000);
                }
            }
        }

        for (var i = 0; i < outboxes.Length; i++)
        {
            Console.WriteLine($"{waiting[i],12:N0} waiting{Median(times[i]),26:N2}{Median(times[i]) / Median(times[0]),8:N2}");
            await outboxes[i].DisposeAsync();
        }
    }

    private static async Task<bool> AppendAsync(IDurableOutbox outbox) =>
        await outbox.AppendAsync(Json, DateTimeOffset.UnixEpoch, CancellationToken.None) ? true : throw new InvalidOperationException("The outbox is full.");

    // Every contender in turn, so that a noisy machine is noisy for all.
    private static async Task CompareAsync(string title, int rounds, (string Name, int Events, Func<Task<List<double>>> Run)[] contenders)
    {
        Console.WriteLine();
        Console.WriteLine($"{title,-32}{"events/s",12}{"p50 ms",9}{"p99 ms",9}   ours are   (medians of {rounds} rounds)");
        var (rates, latencies) = (contenders.Select(_ => new List<double>()).ToArray(), contenders.Select(_ => new List<double>()).ToArray());
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                var measured = await contenders[i].Run();
                if (round >= 0)
                {
                    rates[i].Add(contenders[i].Events / Stopwatch.GetElapsedTime(start).TotalSeconds);
                    latencies[i].AddRange(measured);
                }
            }
        }

        for (var i = 0; i < contenders.Length; i++)
        {
            double[] sorted = [.. latencies[i].Order()];
            Console.WriteLine($"{contenders[i].Name,-32}{Median(rates[i]),12:N0}{sorted[sorted.Length / 2],9:N3}{sorted[sorted.Length * 99 / 100],9:N3}{Median(rates[0]) / Median(rates[i]),9:N2} x");
        }
    }

    private static ServiceProvider Provider(Action<RokuEventsBuilder> useOutbox)
    {
        var services = new ServiceCollection();
        useOutbox(services.AddRokuEvents(options => (options.ApiKey, options.EventGroupId, options.DispatchMode) = ("benchmark", Client.EventGroupId, DispatchMode.EnqueueOnly)));
        return services.BuildServiceProvider();
    }

    private static Task<List<double>> EnqueueAsync(ServiceProvider provider, int events)
    {
        var (dispatcher, purchase) = (provider.GetRequiredService<IBatchDispatcher>(), TypicalPurchase.Build());
        return FromManyCallersAsync(events, () => dispatcher.EnqueueAsync(purchase).AsTask());
    }

    // Milliseconds of each call.
    private static async Task<List<double>> FromManyCallersAsync(int events, Func<Task> call, int callers = Callers)
    {
        var left = events;
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var start = Stopwatch.GetTimestamp();
                await call();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return times;
        })));
        return [.. all.SelectMany(times => times)];
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    // What one would write without an outbox: a prepared statement, the same mode and durability.
    private sealed class HandWrittenInserts : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _insert;

        public HandWrittenInserts(string path)
        {
            _connection = new SqliteConnection($"Data Source={path};Pooling=False");
            _connection.Open();
            using var command = _connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, json BLOB NOT NULL, enqueued_at INTEGER NOT NULL)";
            command.ExecuteNonQuery();
            _insert = _connection.CreateCommand();
            _insert.CommandText = "INSERT INTO events (json, enqueued_at) VALUES ($json, $at)";
            _insert.Parameters.Add(new SqliteParameter { ParameterName = "$json" });
            _insert.Parameters.Add(new SqliteParameter { ParameterName = "$at" });
        }

        public Task<List<double>> Insert(byte[] json, int events, int inEachCommit)
        {
            var times = new List<double>();
            for (var i = 0; i < events; i += inEachCommit)
            {
                var start = Stopwatch.GetTimestamp();
                using var transaction = _connection.BeginTransaction();
                _insert.Transaction = transaction;
                for (var j = 0; j < inEachCommit; j++)
                {
                    _insert.Parameters[0].Value = json;
                    _insert.Parameters[1].Value = 1_790_000_000_000;
                    _insert.ExecuteNonQuery();
                }

                transaction.Commit();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return Task.FromResult(times);
        }

        public void Dispose()
        {
            _insert.Dispose();
            _connection.Dispose();
        }
    }
}
