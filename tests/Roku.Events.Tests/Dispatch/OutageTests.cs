using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tests.Dispatch;

public sealed class OutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_events_through_an_outage_and_delivers_them_after_it()
    {
        var down = true;
        await using var client = TestClient.Answering(_ => TestClient.Answer(down ? 503 : 200), options => options.Batch.MaxEvents = 10);
        await client.EnqueueAsync(55);
        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await PassAsync(client, TimeSpan.FromMinutes(30));
        Assert.Equal(55, client.Dispatcher.Counts.Waiting);

        down = false;
        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Waiting == 0, TimeSpan.FromSeconds(5));
        await flushing;

        Assert.Equal(55, client.Dispatcher.Counts.Delivered);
        Assert.Equal(1, client.Logs.Count(6));
    }

    [Fact]
    public async Task Asks_a_dead_service_at_most_thirty_times_in_an_hour()
    {
        var handler = new AnswerHandler((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError));
        await using var client = TestClient.With(handler, options =>
        {
            options.Batch.MaxEvents = 10;
            options.Delivery.MaxConcurrentRequests = 1;
        });
        await client.EnqueueAsync(100);

        await PassAsync(client, TimeSpan.FromHours(1));

        Assert.InRange(handler.Requests, 6, 30);
        Assert.Equal(100, client.Dispatcher.Counts.Waiting);
    }

    [Fact]
    public async Task Waits_as_long_as_roku_asks()
    {
        var asked = new List<DateTimeOffset>();
        TestClient? client = null;
        client = TestClient.Answering(_ =>
        {
            asked.Add(client!.Clock.GetUtcNow());
            var answer = TestClient.Answer(asked.Count == 1 ? 429 : 200);
            answer.Headers.TryAddWithoutValidation("Retry-After", "300");
            return answer;
        });
        await using var _ = client;
        await client.EnqueueAsync(1);
        var flushing = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(5));
        await flushing;

        Assert.InRange(asked[1] - asked[0], TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(310));
    }

    [Fact]
    public async Task Gives_up_events_older_than_the_maximum_age_and_keeps_younger_ones()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(500), options => options.Delivery.MaxEventAge = TimeSpan.FromHours(1));
        await client.EnqueueAsync(3);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await PassAsync(client, TimeSpan.FromMinutes(50));
        await client.EnqueueAsync(2);

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Expired > 0, TimeSpan.FromSeconds(5));

        Assert.Equal((3, 2), (client.Dispatcher.Counts.Expired, client.Dispatcher.Counts.Waiting));
        Assert.Equal(1, client.Logs.Count(8));
    }

    [Fact]
    public async Task Survives_a_handler_that_throws_anything()
    {
        var requests = 0;
        await using var client = TestClient.Answering(_ => ++requests < 3 ? throw new InvalidOperationException("a bug of the host") : TestClient.Answer(200));
        await client.EnqueueAsync(5);
        var flushing = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(5));
        await flushing;

        Assert.Equal(5, client.Dispatcher.Counts.Delivered);
        Assert.Equal(2, client.Logs.Count(11));
    }

    [Fact]
    public async Task Stops_when_the_key_is_refused_and_goes_on_when_it_changes()
    {
        var configuration = new ConfigurationManager();
        configuration["Roku:ApiKey"] = "revoked";
        configuration["Roku:EventGroupId"] = "Pacc";
        var (refused, accepted) = (0, 0);
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddRokuEvents().HttpClient.ConfigurePrimaryHttpMessageHandler(() => new AnswerHandler((request, cancel) =>
        {
            var isValid = request.Headers.Authorization!.Parameter == "valid";
            _ = isValid ? Interlocked.Increment(ref accepted) : Interlocked.Increment(ref refused);
            return Task.FromResult(TestClient.Answer(isValid ? 200 : 401));
        }));
        await using var provider = services.BuildServiceProvider();
        var dispatcher = provider.GetRequiredService<IBatchDispatcher>();
        await dispatcher.EnqueueAsync(Some.Purchase(), Cancel);
        var flushing = dispatcher.FlushAsync(Cancel);
        while (Volatile.Read(ref refused) == 0)
        {
            await Task.Delay(1, Cancel);
        }

        await dispatcher.EnqueueAsync(Some.Purchase(), Cancel);
        Assert.False(flushing.IsCompleted);
        configuration["Roku:ApiKey"] = "valid";
        ((IConfigurationRoot)configuration).Reload();
        await flushing;
        await dispatcher.FlushAsync(Cancel);

        Assert.Equal(2, dispatcher.Counts.Delivered);
        Assert.Equal(1, refused);
    }

    [Fact]
    public async Task Says_once_that_the_key_is_refused()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(403), options => options.Batch.MaxEvents = 1);
        await client.EnqueueAsync(20);

        await PassAsync(client, TimeSpan.FromMinutes(30));

        Assert.Equal(1, client.Logs.Count(7));
        Assert.Equal(20, client.Dispatcher.Counts.Waiting);
    }

    [Fact]
    public async Task Rejects_bad_events_and_delivers_their_neighbours()
    {
        await using var client = TestClient.WithEmulator();
        var unknownSource = RokuEvent.Create(EventName.Lead).From(new EventSource("kiosk")).WithId("bad").WithUser(user => user.Email("a@b.c")).Build();
        await client.EnqueueAsync(10);
        await client.Dispatcher.EnqueueAsync(unknownSource, Cancel);
        await client.EnqueueAsync(10);

        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal((20, 1), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Rejected));
        Assert.Single(client.Emulator.Requests);
        Assert.Contains("Roku rejected event bad of client '': ", client.Logs.All());
    }

    [Fact]
    public async Task Resends_the_same_bytes_when_an_answer_is_lost()
    {
        var bodies = new List<string>();
        await using var client = TestClient.With(new AnswerHandler(async (request, cancel) =>
        {
            bodies.Add(await request.Content!.ReadAsStringAsync(cancel));
            return bodies.Count == 1 ? throw new HttpRequestException("reset") : TestClient.Answer((int)HttpStatusCode.OK);
        }));
        await client.EnqueueAsync(3);
        var flushing = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(5));
        await flushing;

        Assert.Equal(2, bodies.Count);
        Assert.Equal(bodies[0], bodies[1]);
    }

    [Fact]
    public async Task Survives_a_log_that_throws()
    {
        var requests = 0;
        var clock = new FakeTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddLogging(logging => logging.AddProvider(new ThrowingLog()));
        services.AddRokuEvents(options => (options.ApiKey, options.EventGroupId) = ("key", "group"))
            .HttpClient.RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(() => new AnswerHandler((_, _) => Task.FromResult(TestClient.Answer(Interlocked.Increment(ref requests) == 1 ? 404 : 210, """{"failed_events":[0]}"""))));
        await using var provider = services.BuildServiceProvider();
        var dispatcher = provider.GetRequiredService<IBatchDispatcher>();
        await dispatcher.EnqueueAsync(Some.Purchase("a"), Cancel);
        await dispatcher.EnqueueAsync(Some.Purchase("b"), Cancel);

        var flushing = dispatcher.FlushAsync(Cancel);
        while (!flushing.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Cancel);
        }

        Assert.Equal((1, 1), (dispatcher.Counts.Delivered, dispatcher.Counts.Rejected));
    }

    // Moves the clock in small steps and lets the senders run between them.
    private static async Task PassAsync(TestClient client, TimeSpan time)
    {
        for (var end = client.Clock.GetUtcNow() + time; client.Clock.GetUtcNow() < end;)
        {
            client.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(1, Cancel);
        }
    }

    private sealed class ThrowingLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("disk full");

        public void Dispose()
        {
        }
    }
}
