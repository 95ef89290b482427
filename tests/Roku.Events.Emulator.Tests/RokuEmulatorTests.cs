using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Emulator.Tests;

public sealed class RokuEmulatorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = Some.Clock();
    private readonly RokuEmulator _emulator;

    public RokuEmulatorTests() => _emulator = new RokuEmulator(timeProvider: _clock);

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Remembers_what_it_accepted()
    {
        var purchase = Some.Purchase("ord-17");
        purchase["event_time"] = Some.Now.AddMinutes(-5).ToUnixTimeSeconds();

        await _emulator.SendAsync(Some.Batch(purchase));

        var received = Assert.Single(_emulator.Events);
        Assert.Equal(("PURCHASE", "ord-17", Some.Group), (received.Name, received.Id, received.EventGroupId));
        Assert.Equal((Some.Now.AddMinutes(-5), Some.Now), (received.Time, received.ReceivedAt));
        Assert.Equal(129.99m, received.Json.GetProperty("custom_data").GetProperty("value").GetDecimal());
    }

    [Fact]
    public async Task Remembers_each_request()
    {
        var body = Some.Purchases(3);

        await _emulator.SendAsync(body);

        var request = Assert.Single(_emulator.Requests);
        Assert.Equal(("POST", "/v1/events", HttpStatusCode.OK), (request.Method, request.Path, request.Status));
        Assert.Equal((body.Length, 3, Some.Group), (request.Bytes, request.EventCount, request.EventGroupId));
        Assert.Equal(Some.Now, request.ReceivedAt);
        Assert.Empty(request.Problems);
    }

    [Fact]
    public async Task Validates_without_ingesting_at_test_events()
    {
        var right = await _emulator.SendAsync(Some.Batch(Some.Purchase()), "/v1/test_events");
        var wrong = await _emulator.SendAsync(Some.Batch(Some.Purchase(), new JsonObject()), "/v1/test_events");

        Assert.Equal((HttpStatusCode.OK, (HttpStatusCode)210), (right.Status, wrong.Status));
        Assert.Empty(_emulator.Events);
        Assert.Equal((0, 0, 2), (_emulator.EventsAccepted, _emulator.EventsRejected, _emulator.RequestsReceived));
    }

    [Fact]
    public async Task Keeps_the_valid_events_of_a_batch_and_names_the_others()
    {
        var answer = await _emulator.SendAsync(Some.Batch(Some.Purchase("a"), Spoiled("b"), Some.Purchase("c"), Spoiled(null)));

        Assert.Equal((HttpStatusCode)210, answer.Status);
        Assert.Equal((210, 4), ((int?)answer.Json["code"], (int?)answer.Json["events_received"]));
        Assert.Equal([(1, "b"), (3, null)], answer.Json["failed_events"]!.AsArray().Select(f => ((int)f!["index"]!, (string?)f["event_id"])));
        Assert.Equal(["a", "c"], _emulator.Events.Select(e => e.Id));
        Assert.Equal((2, 2), (_emulator.EventsAccepted, _emulator.EventsRejected));
    }

    [Fact]
    public async Task Refuses_the_whole_batch_for_one_invalid_event_when_told_to()
    {
        await using var emulator = new RokuEmulator(new() { Rejection = RejectionMode.WholeBatch }, _clock);

        var answer = await emulator.SendAsync(Some.Batch(Some.Purchase("a"), Spoiled("b")));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_events"), (answer.Status, answer.ErrorCode));
        var failure = Assert.Single(answer.Json["failed_events"]!.AsArray())!;
        Assert.Equal((1, "b", "event_time"), ((int?)failure["index"], (string?)failure["event_id"], (string?)failure["error"]!["field"]));
        Assert.Empty(emulator.Events);
        Assert.Equal((0, 1), (emulator.EventsAccepted, emulator.EventsRejected));
    }

    [Fact]
    public async Task Marks_an_event_seen_within_the_ten_minutes_before_as_a_duplicate()
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a"), Some.Purchase("a"), Some.Purchase("b")));
        _clock.Advance(TimeSpan.FromMinutes(10));
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a")));
        _clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a")));

        Assert.Equal([false, true, false, true, false], _emulator.Events.Select(e => e.IsDuplicate));
        Assert.Equal((5, 2), (_emulator.EventsAccepted, _emulator.EventsDuplicated));
    }

    [Fact]
    public async Task Tells_events_of_another_name_or_group_or_without_an_id_apart()
    {
        var lead = Some.Purchase("a");
        lead["event_name"] = "LEAD";
        var nameless = Some.Purchase();
        nameless.Remove("event_id");

        await _emulator.SendAsync(Some.Batch(Some.Purchase("a"), lead, nameless, nameless.DeepClone()));
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a")).Replace(Some.Group, "other", StringComparison.Ordinal));

        Assert.DoesNotContain(_emulator.Events, e => e.IsDuplicate);
    }

    [Fact]
    public async Task Forgets_the_oldest_beyond_its_bounds_and_keeps_counting()
    {
        await using var emulator = new RokuEmulator(new() { MaxRememberedEvents = 2, MaxRememberedRequests = 1 }, _clock);

        await emulator.SendAsync(Some.Purchases(3));
        await emulator.SendAsync(Some.Batch(Some.Purchase("last")));

        Assert.Equal(["ord-2", "last"], emulator.Events.Select(e => e.Id));
        Assert.Equal(1, Assert.Single(emulator.Requests).EventCount);
        Assert.Equal((4, 2), (emulator.EventsAccepted, emulator.RequestsReceived));
    }

    [Fact]
    public async Task Remembers_nothing_when_its_bounds_are_zero()
    {
        await using var emulator = new RokuEmulator(new() { MaxRememberedEvents = 0, MaxRememberedRequests = 0 }, _clock);

        await emulator.SendAsync(Some.Purchases(3));

        Assert.Empty(emulator.Events);
        Assert.Empty(emulator.Requests);
        Assert.Equal(3, emulator.EventsAccepted);
    }

    [Fact]
    public async Task Answers_as_scripted_before_it_goes_back_to_normal()
    {
        _emulator.FailNext(HttpStatusCode.ServiceUnavailable, times: 2);
        _emulator.FailNext(HttpStatusCode.OK, body: "<html>");

        var answers = new List<Answer>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await _emulator.SendAsync(Some.Batch(Some.Purchase())));
        }

        Assert.Equal([503, 503, 200, 200], answers.Select(a => (int)a.Status));
        Assert.Equal(("scripted", "<html>"), (answers[0].ErrorCode, answers[2].Body));
        Assert.Single(_emulator.Events);
        Assert.All(_emulator.Requests, request => Assert.Equal(1, request.EventCount));
        Assert.Equal(4, _emulator.RequestsReceived);
    }

    [Fact]
    public async Task Tells_when_to_come_back_in_whole_seconds_rounded_up()
    {
        _emulator.FailNext(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromSeconds(1.5));
        using var client = _emulator.Client();
        using var request = Some.Request(Some.Batch(Some.Purchase()));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Starts_afresh_when_cleared()
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a"), Spoiled("b")));
        _emulator.FailNext(HttpStatusCode.BadGateway);

        _emulator.Clear();

        Assert.Empty(_emulator.Events);
        Assert.Empty(_emulator.Requests);
        Assert.Equal((0, 0, 0), (_emulator.EventsAccepted, _emulator.EventsRejected, _emulator.RequestsReceived));
        Assert.Equal(HttpStatusCode.OK, (await _emulator.SendAsync(Some.Batch(Some.Purchase("a")))).Status);
        Assert.False(Assert.Single(_emulator.Events).IsDuplicate);
    }

    [Fact]
    public async Task Counts_right_under_parallel_requests()
    {
        const int Requests = 64;
        using var client = _emulator.Client();

        await Parallel.ForAsync(0, Requests, TestContext.Current.CancellationToken, async (i, token) =>
        {
            var events = Enumerable.Range(0, 20).Select(n => n == 0 ? Spoiled($"{i}-{n}") : Some.Purchase($"{i}-{n}"));
            using var request = Some.Request(Some.Batch([.. events]));
            using var response = await client.SendAsync(request, token);
            Assert.Equal(210, (int)response.StatusCode);
        });

        Assert.Equal((Requests, Requests * 19, Requests), (_emulator.RequestsReceived, _emulator.EventsAccepted, _emulator.EventsRejected));
        Assert.Equal(Requests * 19, _emulator.Events.Select(e => e.Id).Distinct().Count());
        Assert.Equal(0, _emulator.EventsDuplicated);
    }

    [Fact]
    public async Task Outlives_its_handlers()
    {
        _emulator.CreateHandler().Dispose();

        Assert.Equal(HttpStatusCode.OK, (await _emulator.SendAsync(Some.Batch(Some.Purchase()))).Status);
    }

    [Fact]
    public async Task Goes_on_answering_in_process_after_it_was_disposed()
    {
        using var client = _emulator.Client();
        await _emulator.DisposeAsync();
        using var request = Some.Request(Some.Batch(Some.Purchase()));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(_emulator.Events);
    }

    [Fact]
    public async Task Stops_reading_when_the_caller_gives_up()
    {
        using var giveUp = new CancellationTokenSource();
        using var content = new StalledContent();
        using var client = _emulator.Client();
        using var request = Some.Request("");
        request.Content = content;

        var sending = client.SendAsync(request, giveUp.Token);
        await content.Stalled;
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Empty(_emulator.Requests);
    }

    [Fact]
    public void Names_the_option_that_is_wrong()
    {
        Assert.Contains("ApiKey is empty", Assert.Throws<ArgumentException>(() => new RokuEmulator(new() { ApiKey = "" })).Message, StringComparison.Ordinal);
        Assert.Contains("EventGroupId is empty", Assert.Throws<ArgumentException>(() => new RokuEmulator(new() { EventGroupId = "" })).Message, StringComparison.Ordinal);
        Assert.Contains("MaxRememberedEvents is -1", Assert.Throws<ArgumentException>(() => new RokuEmulator(new() { MaxRememberedEvents = -1 })).Message, StringComparison.Ordinal);
        Assert.Contains("Rejection is 7", Assert.Throws<ArgumentException>(() => new RokuEmulator(new() { Rejection = (RejectionMode)7 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_script_that_makes_no_sense()
    {
        Assert.Throws<ArgumentOutOfRangeException>("status", () => _emulator.FailNext(HttpStatusCode.Continue));
        Assert.Throws<ArgumentOutOfRangeException>("status", () => _emulator.FailNext((HttpStatusCode)600));
        Assert.Throws<ArgumentOutOfRangeException>("times", () => _emulator.FailNext(HttpStatusCode.BadGateway, times: 0));
        Assert.Throws<ArgumentOutOfRangeException>("retryAfter", () => _emulator.FailNext(HttpStatusCode.BadGateway, retryAfter: TimeSpan.FromSeconds(-1)));
    }

    private static JsonObject Spoiled(string? id)
    {
        var purchase = Some.Purchase(id);
        purchase["event_time"] = 0;
        if (id is null)
        {
            purchase.Remove("event_id");
        }

        return purchase;
    }
}
