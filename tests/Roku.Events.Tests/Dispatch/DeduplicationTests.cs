using Microsoft.Extensions.Options;
using Roku.Events.Tests.DeadLetters;

namespace Roku.Events.Tests.Dispatch;

public sealed class DeduplicationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly LetterBox _box = new();
    private bool _down = true;

    [Fact]
    public void With_a_pixel_the_age_limit_must_leave_time_for_retries()
    {
        var error = Assert.Throws<OptionsValidationException>(() => TestClient.WithEmulator(options => options.Delivery.WithPixel = true).Dispatcher);

        Assert.Contains("Batch.MaxAge is 00:10:00 and Delivery.WithPixel is true", error.Message);
        Assert.Contains("use 00:01:00", error.Message);
    }

    [Fact]
    public async Task Events_that_come_too_late_for_their_pixel_are_handed_over_where_the_options_say_so()
    {
        await using var client = Client(() => TestClient.Answer(503), LateEventMode.HandOver, withPixel: true);
        await client.EnqueueAsync(3);
        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Clock.GetUtcNow() > Some.Now.AddMinutes(8), TimeSpan.FromSeconds(10));
        await client.Dispatcher.EnqueueAsync(Some.Purchase("young"), Cancel);

        _down = false;
        client.Clock.Advance(TimeSpan.FromMinutes(3));
        await client.AdvanceOutageUntilAsync(() => client.Dispatcher.Counts is { Waiting: 0, HandedOver: 3 }, TimeSpan.FromSeconds(10));
        await flushing;

        Assert.Equal((1, 3), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Expired));
        Assert.Equal(["e0", "e1", "e2"], _box.Letters.Select(letter => letter.EventId).Order());
        Assert.All(_box.Letters, letter => Assert.Equal((EventOutcome.Expired, "too late: Roku could count it twice"), (letter.Outcome, letter.Reason)));
        Assert.Equal(1, client.Logs.Count(18));
    }

    [Fact]
    public async Task By_default_late_events_are_sent_and_logged()
    {
        await using var client = Client(() => TestClient.Answer(503), LateEventMode.Send, withPixel: true);
        await client.EnqueueAsync(3);
        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Clock.GetUtcNow() > Some.Now.AddMinutes(11), TimeSpan.FromSeconds(10));

        _down = false;
        await client.AdvanceOutageUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(10));
        await flushing;

        Assert.Equal((3, 0), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Expired));
        Assert.InRange(client.Logs.Count(17), 1, 20);
    }

    [Fact]
    public async Task Without_a_pixel_an_event_that_never_reached_roku_is_never_late()
    {
        await using var client = Client(() => TestClient.Answer(503), LateEventMode.HandOver, withPixel: false);
        await client.EnqueueAsync(3);
        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Clock.GetUtcNow() > Some.Now.AddHours(2), TimeSpan.FromMinutes(1));

        _down = false;
        await client.AdvanceOutageUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(10));
        await flushing;

        Assert.Equal((3, 0), (client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Expired));
    }

    // Roku may have taken what was sent before the connection broke, before the time-out, before a gateway gave up.
    [Theory]
    [InlineData("reset")]
    [InlineData("502")]
    [InlineData("504")]
    public async Task An_event_that_may_have_arrived_is_late_ten_minutes_after_it_was_sent(string fault)
    {
        await using var client = Client(
            () => fault == "reset" ? throw new HttpRequestException(HttpRequestError.ResponseEnded) : TestClient.Answer(int.Parse(fault, null)),
            LateEventMode.HandOver,
            withPixel: false);
        await client.EnqueueAsync(3);
        _ = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.Expired == 3, TimeSpan.FromSeconds(30));

        Assert.InRange(client.Clock.GetUtcNow() - Some.Now, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(21));
    }

    [Theory]
    [InlineData("429")]
    [InlineData("connection")]
    public async Task An_event_that_cannot_have_arrived_is_not(string fault)
    {
        await using var client = Client(
            () => fault == "connection" ? throw new HttpRequestException(HttpRequestError.ConnectionError) : TestClient.Answer(int.Parse(fault, null)),
            LateEventMode.HandOver,
            withPixel: false);
        await client.EnqueueAsync(3);
        var flushing = client.Dispatcher.FlushAsync(Cancel);
        await client.AdvanceOutageUntilAsync(() => client.Clock.GetUtcNow() > Some.Now.AddHours(1), TimeSpan.FromSeconds(30));

        _down = false;
        await client.AdvanceOutageUntilAsync(() => flushing.IsCompleted, TimeSpan.FromSeconds(30));

        Assert.Equal(3, client.Dispatcher.Counts.Delivered);
    }

    // The HTTP pipeline repeats within seconds; the doubt that its first attempt left must not be forgotten over its last.
    [Fact]
    public async Task Doubt_about_an_attempt_of_the_http_pipeline_counts()
    {
        var requests = 0;
        await using var client = Client(
            () => ++requests == 1 ? throw new HttpRequestException(HttpRequestError.ResponseEnded) : TestClient.Answer(503),
            LateEventMode.HandOver,
            withPixel: false,
            maxRetries: 2);
        await client.EnqueueAsync(3);
        _ = client.Dispatcher.FlushAsync(Cancel);

        await client.AdvanceUntilAsync(() => client.Dispatcher.Counts.HandedOver == 3, TimeSpan.FromSeconds(5));

        Assert.Equal(3, _box.Letters.Count);
    }

    private TestClient Client(Func<HttpResponseMessage> fault, LateEventMode whenLate, bool withPixel, int maxRetries = 0) => TestClient.Answering(
        _ => _down ? fault() : TestClient.Answer(200),
        options =>
        {
            (options.Delivery.WithPixel, options.Delivery.WhenLate, options.Delivery.MaxRetries) = (withPixel, whenLate, maxRetries);
            options.Batch.MaxAge = TimeSpan.FromMinutes(1);
        },
        _box.AddTo);
}
