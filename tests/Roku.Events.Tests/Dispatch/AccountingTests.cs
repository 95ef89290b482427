using System.Collections.Concurrent;
using System.Text.Json;

namespace Roku.Events.Tests.Dispatch;

public sealed class AccountingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sixteen_threads_deliver_ten_thousand_events_each_exactly_once()
    {
        var receiver = new Receiver(_ => 200);
        await using var client = TestClient.With(receiver);
        var dispatcher = client.Dispatcher;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(
            async () =>
            {
                for (var i = 0; i < 10_000; i++)
                {
                    await dispatcher.EnqueueAsync(Small($"{thread}-{i}"), Cancel);
                    Assert.True(AddsUp(dispatcher.Counts));
                }
            },
            Cancel)));
        await dispatcher.FlushAsync(Cancel);

        Assert.Equal(160_000, dispatcher.Counts.Delivered);
        Assert.Equal(160_000, receiver.Accepted.Count);
        Assert.All(receiver.Accepted.Values, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_books_add_up_under_random_faults(int seed)
    {
        var random = new Random(seed);
        var receiver = new Receiver(_ =>
        {
            lock (random)
            {
                return random.Next(10) switch
                {
                    0 => 500,
                    1 => 429,
                    2 => 210,
                    3 => 400,
                    4 => 0,
                    5 => -1,
                    _ => 200,
                };
            }
        });
        await using var client = TestClient.With(receiver, options =>
        {
            options.Batch.MaxEvents = 50;
            options.Delivery.MaxRetryDelay = TimeSpan.FromSeconds(5);
        });
        var dispatcher = client.Dispatcher;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            async () =>
            {
                for (var i = 0; i < 2_000; i++)
                {
                    await dispatcher.EnqueueAsync(Small($"{thread}-{i}{(i % 97 == 0 ? "-bad" : "")}"), Cancel);
                }
            },
            Cancel)));
        var flushing = dispatcher.FlushAsync(Cancel);
        while (!flushing.IsCompleted)
        {
            client.Clock.Advance(TimeSpan.FromSeconds(5));
            Assert.True(AddsUp(dispatcher.Counts));
            await Task.Delay(1, Cancel);
        }

        var counts = dispatcher.Counts;
        Assert.True(AddsUp(counts), $"seed {seed}: {counts}");
        Assert.Equal((8_000, 0, 0), (counts.Accepted, counts.Waiting, counts.Dropped));
        Assert.Equal(receiver.Accepted.Count, counts.Delivered);
        Assert.Equal(8_000, receiver.Accepted.Count + receiver.Rejected.Count);
        Assert.Equal(receiver.Rejected.Count, counts.Rejected);
        Assert.Empty(receiver.Accepted.Keys.Intersect(receiver.Rejected.Keys));
    }

    [Fact]
    public async Task A_hundred_thousand_batches_leave_no_more_than_two_live_timers()
    {
        var clock = new TimerCounter();
        await using var client = TestClient.With(new Receiver(_ => 200), options => options.Batch.MaxEvents = 1, clock);

        for (var i = 0; i < 100_000; i++)
        {
            await client.Dispatcher.EnqueueAsync(Small($"{i}"), Cancel);
        }

        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal(100_000, client.Dispatcher.Counts.Batches);
        Assert.InRange(clock.Live, 0, 2);
    }

    [Fact]
    public async Task A_hundred_thousand_events_in_a_burst_at_default_settings_all_arrive()
    {
        var receiver = new Receiver(_ => 200);
        await using var client = TestClient.With(receiver);
        var dispatcher = client.Dispatcher;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            async () =>
            {
                for (var i = 0; i < 25_000; i++)
                {
                    await dispatcher.EnqueueAsync(Small($"{thread}-{i}"), Cancel);
                }
            },
            Cancel)));
        await dispatcher.FlushAsync(Cancel);

        Assert.Equal(100_000, receiver.Accepted.Count);
    }

    private static bool AddsUp(DispatcherCounts counts) =>
        counts.Accepted == counts.Delivered + counts.Rejected + counts.Expired + counts.Dropped + counts.Waiting;

    private static RokuEvent Small(string id) => RokuEvent.Create(EventName.PageView)
        .From(EventSource.Website)
        .WithId(id)
        .At(Some.Now)
        .WithUser(user => user.RokuAdvertisingId("rida"))
        .Build();

    // Reads ids as fast as they come and answers by a plan: a status, 0 for a lost answer, -1 for cut JSON. Under 210 and
    // 400 events whose id ends in "-bad" are wrong; an honest server would refuse them every time, so 200 does too.
    private sealed class Receiver(Func<int, int> plan) : HttpMessageHandler
    {
        private int _requests;

        public ConcurrentDictionary<string, int> Accepted { get; } = new();

        public ConcurrentDictionary<string, int> Rejected { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var ids = ReadIds(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            var status = plan(Interlocked.Increment(ref _requests));
            var bad = ids.Where(id => id.EndsWith("-bad", StringComparison.Ordinal)).ToList();
            if (status is 500 or 429)
            {
                return TestClient.Answer(status);
            }

            if (status == 400 && bad.Count > 0)
            {
                Reject(ids.Count == 1 ? bad : []);
                return TestClient.Answer(400, "{\"error\":\"one of them is bad\"}");
            }

            Reject(bad);
            foreach (var id in ids.Except(bad))
            {
                // A lost answer is resent: the second arrival is the same event.
                Accepted.AddOrUpdate(id, 1, (_, times) => times + 1);
            }

            return status switch
            {
                0 => throw new HttpRequestException(HttpRequestError.ResponseEnded),
                -1 when bad.Count == 0 => TestClient.Answer(200, "{\"code\":2"),
                _ when bad.Count > 0 => TestClient.Answer(210, JsonSerializer.Serialize(new { failed_events = bad.Select(id => new { event_id = id, error = "bad" }) })),
                _ => TestClient.Answer(200),
            };
        }

        private void Reject(List<string> ids)
        {
            foreach (var id in ids)
            {
                Rejected[id] = 1;
            }
        }

        private static List<string> ReadIds(byte[] body)
        {
            var ids = new List<string>();
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("event_id"u8))
                {
                    reader.Read();
                    ids.Add(reader.GetString()!);
                }
            }

            return ids;
        }
    }

    private sealed class TimerCounter : TimeProvider
    {
        private int _live;

        public int Live => Volatile.Read(ref _live);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _live);
            return new Counted(this, base.CreateTimer(callback, state, dueTime, period));
        }

        private sealed class Counted(TimerCounter owner, ITimer timer) : ITimer
        {
            private int _disposed;

            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _disposed, 1) == 0)
                {
                    Interlocked.Decrement(ref owner._live);
                }

                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
