using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Roku.Events.Tests.Dispatch;

public sealed class EdgeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_move_to_another_ad_account_stops_neither_the_old_events_nor_the_new_ones()
    {
        await using var client = new ReloadableClient((request, body, _) =>
        {
            var fits = body.Contains(request.Headers.Authorization!.Parameter == "key-a" ? "group-a" : "group-b", StringComparison.Ordinal);
            return Task.FromResult(TestClient.Answer(fits ? 200 : 403));
        });
        await client.Dispatcher.EnqueueAsync(Some.Purchase("old"), Cancel);

        client.Change(("ApiKey", "key-b"), ("EventGroupId", "group-b"));
        await client.Dispatcher.EnqueueAsync(Some.Purchase("new"), Cancel);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await ReloadableClient.HappensAsync(() => client.Dispatcher.Counts.Delivered == 2, () => client.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(2, client.Dispatcher.Counts.Delivered);
    }

    [Fact]
    public async Task A_corrected_event_group_ends_the_stop_that_its_403_began()
    {
        await using var client = new ReloadableClient(
            (_, body, _) => Task.FromResult(TestClient.Answer(body.Contains("wrong-group", StringComparison.Ordinal) ? 403 : 200)),
            settings => settings["Roku:EventGroupId"] = "wrong-group");
        await client.Dispatcher.EnqueueAsync(Some.Purchase("old"), Cancel);
        _ = client.Dispatcher.FlushAsync(Cancel);
        Assert.True(await ReloadableClient.HappensAsync(() => client.Logs.Count(7) == 1));

        client.Change(("EventGroupId", "right-group"));
        await client.Dispatcher.EnqueueAsync(Some.Purchase("new"), Cancel);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await ReloadableClient.HappensAsync(() => client.Dispatcher.Counts.Delivered == 2, () => client.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(2, client.Dispatcher.Counts.Delivered);
    }

    [Fact]
    public async Task A_shorter_maximum_age_holds_for_the_next_event()
    {
        await using var client = new ReloadableClient((_, _, _) => Task.FromResult(TestClient.Answer(200)));
        await client.Dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        client.Change(("Batch:MaxAge", "00:00:10"));
        Assert.True(await ReloadableClient.HappensAsync(() => client.Dispatcher.Counts.Delivered == 1));

        await client.Dispatcher.EnqueueAsync(Some.Purchase("b"), Cancel);
        client.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.True(await ReloadableClient.HappensAsync(() => client.Dispatcher.Counts.Delivered == 2));
    }

    [Fact]
    public async Task A_larger_queue_lets_waiting_callers_in()
    {
        await using var client = new ReloadableClient(
            async (_, _, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return TestClient.Answer(200);
            },
            settings => settings["Roku:Queue:MaxBytes"] = "4194304");
        while (client.Dispatcher.TryEnqueue(ReloadableClient.Large()))
        {
        }

        var waiting = client.Dispatcher.EnqueueAsync(ReloadableClient.Large(), Cancel).AsTask();
        Assert.False(waiting.IsCompleted);
        client.Change(("Queue:MaxBytes", "16777216"));

        await waiting.WaitAsync(ReloadableClient.Patience, Cancel);
    }

    [Fact]
    public async Task Events_that_come_after_the_queue_ran_empty_expire_too_while_the_key_is_refused()
    {
        await using var client = new ReloadableClient((_, _, _) => Task.FromResult(TestClient.Answer(401)), settings => settings["Roku:Delivery:MaxEventAge"] = "01:00:00");
        await client.Dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        _ = client.Dispatcher.FlushAsync(Cancel);
        Assert.True(await ReloadableClient.HappensAsync(() => client.Logs.Count(7) == 1));
        await client.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal((1, 0), (client.Dispatcher.Counts.Expired, client.Dispatcher.Counts.Waiting));

        await client.Dispatcher.EnqueueAsync(Some.Purchase("b"), Cancel);
        await client.PassAsync(TimeSpan.FromHours(2));

        Assert.Equal((2, 0), (client.Dispatcher.Counts.Expired, client.Dispatcher.Counts.Waiting));
    }

    [Fact]
    public void An_old_batch_expires_although_a_younger_one_came_back_after_it()
    {
        var options = new RokuEventsOptions { EventGroupId = "group" };
        options.Batch.MaxEvents = 1;
        var settings = new ClientSettings(options);
        var outbox = new MemoryOutbox();
        outbox.TryAppend("\"old\""u8, 1, settings);
        outbox.TryAppend("\"young\""u8, 100, settings);
        var (old, young) = (outbox.Take()!, outbox.Take()!);

        outbox.Complete(old, old.Slice(0, 1));
        outbox.Complete(young, young.Slice(0, 1));

        Assert.Equal((1, 1), (outbox.RemoveEnqueuedBefore(50).Sum(batch => batch.Count), outbox.Count));
    }

    [Fact]
    public async Task Survives_a_log_that_throws_when_asked_whether_it_is_enabled()
    {
        var requests = 0;
        var full = true;
        await using var client = new ReloadableClient(
            (_, _, _) => Task.FromResult(TestClient.Answer(Interlocked.Increment(ref requests) == 1 ? 503 : 200)),
            log: new Log(onIsEnabled: () => _ = Volatile.Read(ref full) ? throw new IOException("disk full") : 0));
        await client.Dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        var flushing = client.Dispatcher.FlushAsync(Cancel);

        await ReloadableClient.HappensAsync(() => flushing.IsCompleted, () => client.Clock.Advance(TimeSpan.FromSeconds(1)));
        Volatile.Write(ref full, false);

        Assert.True(flushing.IsCompleted, client.Dispatcher.Counts.ToString());
    }

    [Fact]
    public async Task A_log_may_wait_for_another_thread_that_uses_the_dispatcher()
    {
        IBatchDispatcher? dispatcher = null;
        bool? answered = null;
        await using var client = new ReloadableClient((_, _, _) => Task.FromResult(TestClient.Answer(503)), log: new Log(onLog: id =>
        {
            if (id == 5)
            {
                answered ??= Task.Run(() => dispatcher!.Counts).Wait(TimeSpan.FromSeconds(2));
            }
        }));
        dispatcher = client.Dispatcher;
        await dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        _ = dispatcher.FlushAsync(Cancel);

        Assert.True(await ReloadableClient.HappensAsync(() => answered is not null));
        Assert.True(answered, "the dispatcher's lock is held while it logs: a log that waits for another user of the dispatcher never returns");
    }

    [Fact]
    public async Task The_books_close_although_a_handler_throws_when_cancelled()
    {
        var started = 0;
        var client = new ReloadableClient(async (_, _, cancel) =>
        {
            using var registration = cancel.Register(() => throw new InvalidOperationException("a bug of the host"));
            Interlocked.Increment(ref started);
            await Task.Delay(Timeout.Infinite, cancel);
            return TestClient.Answer(200);
        });
        var dispatcher = client.Dispatcher;
        await dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        var flushing = dispatcher.FlushAsync(Cancel);
        Assert.True(await ReloadableClient.HappensAsync(() => started == 1));

        var disposing = client.DisposeAsync().AsTask();
        await ReloadableClient.HappensAsync(() => disposing.IsCompleted, () => client.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal((1, 0), (dispatcher.Counts.Dropped, dispatcher.Counts.Waiting));
        Assert.True(flushing.IsCompleted);
        Assert.Null(disposing.Exception);
    }

    [Fact]
    public async Task Shutdown_does_not_wait_for_its_time_out_when_it_learns_that_the_key_is_refused()
    {
        var client = new ReloadableClient((_, _, _) => Task.FromResult(TestClient.Answer(401)), settings => settings["Roku:Delivery:DrainTimeout"] = "01:00:00");
        await client.Dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);

        var disposing = client.DisposeAsync().AsTask();
        var ended = await ReloadableClient.HappensAsync(() => disposing.IsCompleted);
        await ReloadableClient.HappensAsync(() => disposing.IsCompleted, () => client.Clock.Advance(TimeSpan.FromHours(1)));

        Assert.True(ended);
    }

    [Fact]
    public async Task A_client_whose_server_hangs_takes_no_shutdown_time_from_another_client()
    {
        var delivered = 0;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddHostedService<Farewell>();
        foreach (var name in new[] { "b", "a" })
        {
            builder.Services.AddRokuEvents(name, options => (options.ApiKey, options.EventGroupId) = ("key", name))
                .HttpClient.ConfigurePrimaryHttpMessageHandler(() => new AnswerHandler(async (_, cancel) =>
                {
                    if (name == "a")
                    {
                        await Task.Delay(Timeout.Infinite, cancel);
                    }

                    Interlocked.Increment(ref delivered);
                    return TestClient.Answer(200);
                }));
        }

        using var host = builder.Build();
        await host.StartAsync(Cancel);

        await host.StopAsync(Cancel);

        Assert.Equal(1, host.Services.GetRequiredKeyedService<IBatchDispatcher>("a").Counts.Dropped);
        Assert.Equal(1, host.Services.GetRequiredKeyedService<IBatchDispatcher>("b").Counts.Delivered);
    }

    [Fact]
    public async Task No_request_passes_a_million_bytes_although_the_event_group_grew_while_an_event_waited()
    {
        var opened = new TaskCompletionSource();
        var largest = 0;
        await using var client = new ReloadableClient(
            async (_, body, cancel) =>
            {
                lock (opened)
                {
                    largest = Math.Max(largest, body.Length);
                }

                await opened.Task.WaitAsync(cancel);
                return TestClient.Answer(200);
            },
            settings => settings["Roku:Queue:MaxBytes"] = "4194304");
        while (client.Dispatcher.TryEnqueue(ReloadableClient.Large()))
        {
        }

        var room = 1_000_000 - """{"event_group_id":"group-a","events":[]}""".Length;
        var exact = ReloadableClient.Large(100_000 + room - EventSerializer.Serialize(ReloadableClient.Large()).Length);
        Assert.Equal(room, EventSerializer.Serialize(exact).Length);
        var waiting = client.Dispatcher.EnqueueAsync(exact, Cancel).AsTask();
        client.Change(("EventGroupId", "a-much-longer-group"));
        opened.SetResult();
        await waiting.ContinueWith(_ => { }, Cancel);
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.InRange(largest, 1, 1_000_000);
    }

    [Fact]
    public async Task A_handler_that_never_returns_costs_one_batch_its_time_out_and_not_the_queue()
    {
        var requests = 0;
        await using var client = new ReloadableClient(
            (_, _, _) => Interlocked.Increment(ref requests) == 1 ? new TaskCompletionSource<HttpResponseMessage>().Task : Task.FromResult(TestClient.Answer(200)),
            settings => (settings["Roku:Delivery:MaxConcurrentRequests"], settings["Roku:Batch:MaxEvents"]) = ("1", "1"));
        await client.Dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        await client.Dispatcher.EnqueueAsync(Some.Purchase("b"), Cancel);

        await ReloadableClient.HappensAsync(() => client.Dispatcher.Counts.Delivered == 2, () => client.Clock.Advance(TimeSpan.FromSeconds(10)));
        var counts = client.Dispatcher.Counts;
        var disposing = client.DisposeAsync().AsTask();
        await ReloadableClient.HappensAsync(() => disposing.IsCompleted, () => client.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(2, counts.Delivered);
    }

    [Fact]
    public void A_change_of_the_options_while_the_client_is_made_is_taken()
    {
        using var settings = new LiveSettings("", new ChangingMonitor());

        Assert.Equal("new-key", settings.Options.ApiKey);
    }

    [Fact]
    public async Task Can_be_made_where_the_flow_of_the_context_is_suppressed()
    {
        await using var client = new ReloadableClient((_, _, _) => Task.FromResult(TestClient.Answer(200)));
        using (ExecutionContext.SuppressFlow())
        {
            Assert.NotNull(client.Dispatcher);
        }
    }

    private sealed class Farewell([FromKeyedServices("a")] IBatchDispatcher a, [FromKeyedServices("b")] IBatchDispatcher b) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await a.EnqueueAsync(Some.Purchase("a"), CancellationToken.None);
            await b.EnqueueAsync(Some.Purchase("b"), CancellationToken.None);
        }
    }

    // As the real one does: a change is told to listeners after it can be read; here it comes right after the first reading.
    private sealed class ChangingMonitor : IOptionsMonitor<RokuEventsOptions>
    {
        private RokuEventsOptions _options = new() { ApiKey = "old-key", EventGroupId = "g" };
        private Action<RokuEventsOptions, string?>? _listeners;
        private bool _changed;

        public RokuEventsOptions CurrentValue => Get("");

        public RokuEventsOptions Get(string? name)
        {
            var options = _options;
            if (!_changed)
            {
                _changed = true;
                _options = new RokuEventsOptions { ApiKey = "new-key", EventGroupId = "g" };
                _listeners?.Invoke(_options, "");
            }

            return options;
        }

        public IDisposable? OnChange(Action<RokuEventsOptions, string?> listener)
        {
            _listeners += listener;
            return null;
        }
    }

    private sealed class Log(Action<int>? onLog = null, Action? onIsEnabled = null) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel)
        {
            onIsEnabled?.Invoke();
            return true;
        }

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            onLog?.Invoke(eventId.Id);

        public void Dispose()
        {
        }
    }
}
