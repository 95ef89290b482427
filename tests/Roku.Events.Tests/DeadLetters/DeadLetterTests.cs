using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.DeadLetters;

public sealed class DeadLetterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly LetterBox _box = new();

    [Fact]
    public async Task Hands_over_what_roku_rejects_with_its_exact_json()
    {
        await using var client = TestClient.Answering(
            _ => TestClient.Answer(210, """{"failed_events":[{"index":1,"error":{"code":"bad_value","message":"value is odd"}}]}"""),
            extend: _box.AddTo);
        var bad = Some.Purchase("bad");
        await client.Dispatcher.EnqueueAsync(Some.Purchase("good"), Cancel);
        await client.Dispatcher.EnqueueAsync(bad, Cancel);
        client.Clock.Advance(TimeSpan.FromMinutes(3));

        await client.Dispatcher.FlushAsync(Cancel);

        var letter = Assert.Single(_box.Letters);
        Assert.Equal(("bad", EventOutcome.Rejected, 1), (letter.EventId, letter.Outcome, letter.Attempts));
        Assert.Equal("value is odd (bad_value)", letter.Reason);
        Assert.Equal(EventJson.Text(bad), Encoding.UTF8.GetString(letter.Json.Span));
        Assert.Equal((Some.Now, Some.Now.AddMinutes(3)), (letter.EnqueuedAt, letter.GivenUpAt));
        Assert.Equal(("", "Paccabcd1234"), (letter.ClientName, letter.EventGroupId));
        Assert.Equal((1, 1, 1), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Rejected, client.Dispatcher.Counts.HandedOver));
    }

    [Fact]
    public async Task Hands_over_what_a_refused_batch_was_narrowed_down_to()
    {
        await using var client = TestClient.Answering(
            request => TestClient.Answer(request.Content!.ReadAsStringAsync(Cancel).Result.Contains("\"e7\"", StringComparison.Ordinal) ? 400 : 200, """{"message":"no"}"""),
            extend: _box.AddTo);
        await client.EnqueueAsync(16);

        await client.Dispatcher.FlushAsync(Cancel);

        var letter = Assert.Single(_box.Letters);
        Assert.Equal(("e7", "HTTP 400: no", 5), (letter.EventId, letter.Reason, letter.Attempts));
        Assert.Equal(15, client.Dispatcher.Counts.Delivered);
    }

    [Fact]
    public async Task Hands_over_what_expires()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(503), options => options.Delivery.MaxEventAge = TimeSpan.FromHours(1), _box.AddTo);
        await client.EnqueueAsync(3);
        _ = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.HandedOver == 3, TimeSpan.FromMinutes(1));

        Assert.Equal(["e0", "e1", "e2"], _box.Letters.Select(letter => letter.EventId));
        Assert.All(_box.Letters, letter => Assert.Equal((EventOutcome.Expired, "older than 01:00:00"), (letter.Outcome, letter.Reason)));
        Assert.All(_box.Letters, letter => Assert.InRange(letter.Attempts, 5, 40));
    }

    [Theory]
    [InlineData(QueueFullMode.DropNewest)]
    [InlineData(QueueFullMode.DropOldest)]
    public async Task Hands_over_what_a_full_queue_drops(QueueFullMode mode)
    {
        await using var client = TestClient.Answering(
            _ => TestClient.Answer(503),
            options => (options.Queue.MaxBytes, options.Queue.WhenFull) = (4 * 1024 * 1024, mode),
            _box.AddTo);

        for (var i = 0; i < 100; i++)
        {
            await client.Dispatcher.EnqueueAsync(ReloadableClient.Large(100_000, $"e{i}"), Cancel);
        }

        await client.UntilAsync(counts => counts.HandedOver == counts.Dropped);
        var counts = client.Dispatcher.Counts;
        Assert.InRange(counts.Dropped, 50, 99);
        Assert.Equal(counts.Dropped, _box.Letters.DistinctBy(letter => letter.EventId).Count());
        Assert.Equal(counts.Dropped, _box.Letters.Count);
        Assert.Equal(mode == QueueFullMode.DropOldest, _box.Letters.Any(letter => letter.EventId == "e0"));
        Assert.All(_box.Letters, letter => Assert.Equal(EventOutcome.Dropped, letter.Outcome));
    }

    [Fact]
    public async Task Hands_over_what_is_left_at_shutdown_and_says_what_may_have_arrived()
    {
        var client = TestClient.With(
            new AnswerHandler(async (_, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return TestClient.Answer(200);
            }),
            options => (options.Delivery.MaxConcurrentRequests, options.Delivery.DrainTimeout) = (1, TimeSpan.FromSeconds(10)),
            extend: _box.AddTo);
        var dispatcher = client.Dispatcher;
        await client.EnqueueAsync(1_500);
        var start = client.Clock.GetUtcNow();

        await client.DisposeWhileTimePassesAsync();

        Assert.InRange(client.Clock.GetUtcNow() - start, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(11));
        Assert.Equal((1_500, 1_500, 0), (dispatcher.Counts.Dropped, dispatcher.Counts.HandedOver, dispatcher.Counts.Waiting));
        Assert.Equal(1_500, _box.Letters.DistinctBy(letter => letter.EventId).Count());
        Assert.Equal(1_000, _box.Letters.Count(letter => letter.Reason == "left at shutdown; may have arrived"));
    }

    [Fact]
    public async Task Asks_a_handler_that_throws_again()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(400), extend: _box.AddTo);
        _box.Before = (call, _) => call < 3 ? throw new IOException("disk full") : Task.CompletedTask;
        await client.EnqueueAsync(1);
        var flushing = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal(3, _box.Calls);
        Assert.Equal((1, 2), (client.Dispatcher.Counts.HandedOver, client.Logs.Count(15)));
    }

    [Fact]
    public async Task Delivers_beside_a_handler_that_always_throws_and_says_what_it_did_not_take()
    {
        await using var client = TestClient.Answering(
            request => TestClient.Answer(request.Content!.ReadAsStringAsync(Cancel).Result.Contains("\"e0\"", StringComparison.Ordinal) ? 400 : 200),
            extend: _box.AddTo);
        _box.Before = (_, _) => throw new IOException("disk full");
        await client.EnqueueAsync(100);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await client.UntilAsync(counts => counts.Delivered == 99);

        await client.AdvanceUntilAsync(() => client.Logs.Count(16) == 1, TimeSpan.FromSeconds(10));

        Assert.Equal((99, 1, 0), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Rejected, client.Dispatcher.Counts.HandedOver));
        Assert.Equal(10, _box.Calls);
    }

    [Fact]
    public async Task Delivers_beside_a_handler_that_hangs_and_leaves_it_behind()
    {
        await using var client = TestClient.Answering(
            request => TestClient.Answer(request.Content!.ReadAsStringAsync(Cancel).Result.Contains("\"e0\"", StringComparison.Ordinal) ? 400 : 200),
            extend: _box.AddTo);
        _box.Before = (call, _) => call == 1 ? Task.Delay(Timeout.Infinite, CancellationToken.None) : Task.CompletedTask;
        await client.EnqueueAsync(100);
        _ = client.Dispatcher.FlushAsync(Cancel);
        await client.UntilAsync(counts => counts.Delivered == 99);
        Assert.Empty(_box.Letters);

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.HandedOver == 1, TimeSpan.FromSeconds(5));

        Assert.Equal("e0", Assert.Single(_box.Letters).EventId);
    }

    [Fact]
    public async Task Shutdown_does_not_wait_for_a_handler_that_hangs()
    {
        var client = TestClient.Answering(_ => TestClient.Answer(400), options => options.Delivery.DrainTimeout = TimeSpan.FromSeconds(5), _box.AddTo);
        var dispatcher = client.Dispatcher;
        _box.Before = (_, _) => Task.Delay(Timeout.Infinite, CancellationToken.None);
        await client.EnqueueAsync(3);
        var start = client.Clock.GetUtcNow();

        await client.DisposeWhileTimePassesAsync();

        Assert.InRange(client.Clock.GetUtcNow() - start, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));
        Assert.Equal((3, 0), (dispatcher.Counts.Rejected, dispatcher.Counts.HandedOver));
        Assert.Equal(1, client.Logs.Count(16));
    }

    [Fact]
    public async Task A_handler_may_use_the_dispatcher_in_every_way()
    {
        TestClient? client = null;
        var done = new TaskCompletionSource();
        client = TestClient.Answering(
            request => TestClient.Answer(request.Content!.ReadAsStringAsync(Cancel).Result.Contains("\"bad\"", StringComparison.Ordinal) ? 400 : 200),
            extend: builder => builder.UseDeadLetterHandler(async (letters, services, cancellationToken) =>
            {
                var dispatcher = services.GetRequiredService<IBatchDispatcher>();
                await dispatcher.EnqueueAsync(Some.Purchase("again"), cancellationToken);
                Assert.True(dispatcher.TryEnqueue(Some.Purchase("and-again")));
                await dispatcher.FlushAsync(cancellationToken);
                await client!.DisposeAsync();
                done.SetResult();
            }));
        var dispatcher = client.Dispatcher;
        await dispatcher.EnqueueAsync(Some.Purchase("bad"), Cancel);
        _ = dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => done.Task.IsCompleted, TimeSpan.FromMilliseconds(100));

        Assert.Equal((2, 1, 0), (dispatcher.Counts.Delivered, dispatcher.Counts.Rejected, dispatcher.Counts.Waiting));
    }

    [Fact]
    public async Task Memory_for_a_handler_that_hangs_is_bounded_and_what_does_not_fit_is_counted()
    {
        var client = TestClient.Answering(_ => TestClient.Answer(400), extend: _box.AddTo);
        _box.Before = (_, cancel) => Task.Delay(Timeout.Infinite, cancel);
        for (var i = 0; i < 40; i++)
        {
            await client.Dispatcher.EnqueueAsync(ReloadableClient.Large(900_000, $"e{i}"), Cancel);
            _ = client.Dispatcher.FlushAsync(Cancel);
            await client.UntilAsync(counts => counts.Waiting == 0);
        }

        Assert.Equal((40, 0), (client.Dispatcher.Counts.Rejected, client.Dispatcher.Counts.HandedOver));
        Assert.InRange(client.Logs.Count(16), 10, 20);

        await client.DisposeWhileTimePassesAsync();
    }

    [Fact]
    public async Task Each_client_has_a_handler_of_its_own_and_the_last_one_given_counts()
    {
        var (a, b, unused) = (new LetterBox(), new LetterBox(), new LetterBox());
        var services = new ServiceCollection();
        Add("a", unused, a);
        Add("b", b);
        await using var provider = services.BuildServiceProvider();
        foreach (var name in new[] { "a", "b" })
        {
            var dispatcher = provider.GetRequiredKeyedService<IBatchDispatcher>(name);
            await dispatcher.EnqueueAsync(Some.Purchase("of-" + name), Cancel);
            await dispatcher.FlushAsync(Cancel);
        }

        Assert.Equal(("a", "of-a"), (Assert.Single(a.Letters).ClientName, a.Letters[0].EventId));
        Assert.Equal(("b", "of-b"), (Assert.Single(b.Letters).ClientName, b.Letters[0].EventId));
        Assert.Empty(unused.Letters);

        void Add(string name, params LetterBox[] boxes)
        {
            var builder = services.AddRokuEvents(name, options => (options.ApiKey, options.EventGroupId) = ("key", "group"));
            builder.HttpClient.ConfigurePrimaryHttpMessageHandler(() => new AnswerHandler((_, _) => Task.FromResult(TestClient.Answer(400))));
            foreach (var box in boxes)
            {
                box.AddTo(builder);
            }
        }
    }

    [Fact]
    public async Task A_letter_prints_nothing_about_the_person()
    {
        await using var client = TestClient.Answering(_ => TestClient.Answer(400, """{"message":"jane@example.com is bad"}"""), extend: _box.AddTo);
        await client.Dispatcher.EnqueueAsync(Some.Purchase("ord-1"), Cancel);
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal("ord-1: Rejected, HTTP 400: [redacted] is bad", Assert.Single(_box.Letters).ToString());
    }
}
