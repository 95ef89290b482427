using System.Net;
using System.Text;
using RichardSzalay.MockHttp;

namespace Roku.Events.Tests.Delivery;

public sealed class AnswerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, """{"code":200,"events_received":3}""")]
    [InlineData(200, """{"code":987,"events_received":0}""")]
    [InlineData(200, "")]
    [InlineData(200, "<html>it works</html>")]
    [InlineData(202, "{}")]
    [InlineData(200, """{"failed_events":[]}""")]
    [InlineData(210, """{"failed_events":[]}""")]
    public async Task Counts_all_as_delivered_when_the_status_says_so_and_no_failure_is_named(int status, string body)
    {
        var report = await SendThreeAsync(status, body);

        Assert.Equal("delivered=3 rejected=0 undelivered=0", report.ToString());
    }

    [Theory]
    [InlineData("""{"failed_events":[{"index":1,"error":"bad"}]}""", 1, "bad")]
    [InlineData("""{"failed_events":[{"event_index":2,"error":{"message":"bad","code":17,"field":"em"}}]}""", 2, "em: bad (17)")]
    [InlineData("""{"failed_events":[{"event_id":"b","error":"bad"}]}""", 1, "bad")]
    [InlineData("""{"failed_events":[{"index":"1","message":"bad"}]}""", 1, "bad")]
    [InlineData("""{"failed_events":[{"index":0,"event_id":"c","error":"bad"}]}""", 2, "bad")]
    [InlineData("""{"failed_events":[{"index":1,"event_id":"not-mine","error":"bad"}]}""", 1, "bad")]
    [InlineData("""{"failed_events":[{"index":1,"errors":["one","two"]}]}""", 1, "one; two")]
    [InlineData("""{"failed_events":[{"index":1,"surprise":{"a":[]}}]}""", 1, "no reason given")]
    [InlineData("""{"failed_events":[1]}""", 1, "no reason given")]
    [InlineData("""{"failed_events":["b"]}""", 1, "b")]
    [InlineData("""{"failed_events":{"1":"bad"}}""", 1, "bad")]
    [InlineData("""{"failed_events":{"c":{"message":"bad"}}}""", 2, "bad")]
    public async Task Reads_a_partial_success_in_any_likely_shape(string body, int index, string reason)
    {
        foreach (var status in new[] { 200, 210 })
        {
            var report = await SendThreeAsync(status, body);

            var failure = Assert.Single(report.Failures);
            Assert.Equal("delivered=2 rejected=1 undelivered=0", report.ToString());
            Assert.Equal((index, EventOutcome.Rejected, reason), (failure.Index, failure.Outcome, failure.Reason));
            Assert.Equal(EventOutcome.Rejected, report.OutcomeOf(index));
            Assert.Equal(2, Enumerable.Range(0, 3).Count(i => report.OutcomeOf(i) == EventOutcome.Delivered));
        }
    }

    [Fact]
    public async Task Takes_an_entry_without_index_among_indexed_ones_for_the_first_event()
    {
        var report = await SendThreeAsync(210, """{"failed_events":[{"error":"first"},{"index":2,"error":"last"}]}""");

        Assert.Equal([(0, "first"), (2, "last")], report.Failures.Select(failure => (failure.Index, failure.Reason)));
    }

    [Fact]
    public async Task Joins_several_errors_of_one_event()
    {
        var report = await SendThreeAsync(210, """{"failed_events":[{"index":1,"error":"one"},{"event_id":"b","error":"two"}]}""");

        Assert.Equal("one; two", Assert.Single(report.Failures).Reason);
    }

    // Among them: the index of the first event left out, as some encodings do with a zero.
    [Theory]
    [InlineData("", "HTTP 210")]
    [InlineData("""{"failed_events":[{"index":99,"error":"bad"}]}""", "bad")]
    [InlineData("""{"failed_events":[{"index":-1,"error":"bad"}]}""", "bad")]
    [InlineData("""{"failed_events":[{"event_id":"not-mine","error":"bad"}]}""", "bad")]
    [InlineData("""{"failed_events":[{"error":"bad"}]}""", "bad")]
    public async Task Resolves_a_partial_success_whose_failures_fit_no_event_by_narrowing_down(string answer, string reason)
    {
        var requests = 0;
        await using var client = TestClient.With(new AnswerHandler(async (request, cancel) =>
        {
            requests++;
            var body = await request.Content!.ReadAsStringAsync(cancel);
            return body.Contains("\"b\"", StringComparison.Ordinal) ? TestClient.Answer(210, answer) : TestClient.Answer(200);
        }));

        var report = await client.Client.SendAsync(Three(), Cancel);

        Assert.Equal($"[1] b: Rejected, {reason}", Assert.Single(report.Failures).ToString());
        Assert.Equal(2, report.Delivered);
        Assert.InRange(requests, 3, 5);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(5, 11)]
    [InlineData(50, 120)]
    [InlineData(1_000, 300)]
    public async Task Narrows_a_refused_batch_down_to_its_bad_events_within_a_bounded_number_of_requests(int bad, int seed)
    {
        var badIds = Enumerable.Range(0, 1_000).Select(i => $"\"p{i}\"").OrderBy(id => HashCode.Combine(id.Length, id[^2], seed)).Take(bad).ToHashSet();
        var requests = 0;
        await using var client = TestClient.With(new AnswerHandler(async (request, cancel) =>
        {
            requests++;
            var body = await request.Content!.ReadAsStringAsync(cancel);
            return TestClient.Answer(badIds.Any(id => body.Contains(id, StringComparison.Ordinal)) ? 400 : 200, """{"error":"invalid event"}""");
        }));

        var report = await client.Client.SendAsync(Enumerable.Range(0, 1_000).Select(i => Some.Purchase($"p{i}")), Cancel);

        Assert.Equal((1_000 - bad, bad, 0), (report.Delivered, report.Rejected, report.Undelivered));
        Assert.All(report.Failures, failure => Assert.Contains($"\"{failure.EventId}\"", badIds));
        Assert.All(report.Failures, failure => Assert.Equal("HTTP 400: invalid event", failure.Reason));
        Assert.InRange(requests, 1, Math.Min(2_000, (2 * bad * 10) + 1));
    }

    [Fact]
    public async Task Takes_the_names_of_a_refused_batch_instead_of_narrowing_down()
    {
        var emulator = new Emulator.RokuEmulator(new Emulator.RokuEmulatorOptions { Rejection = Emulator.RejectionMode.WholeBatch });
        await using var client = TestClient.WithEmulator(emulator: emulator);
        var unknownSource = RokuEvent.Create(EventName.Lead).From(new EventSource("kiosk")).WithId("bad").WithUser(user => user.Email("a@b.c")).Build();

        var report = await client.Client.SendAsync([Some.Purchase("a"), unknownSource, Some.Purchase("c")], Cancel);

        Assert.Equal("delivered=2 rejected=1 undelivered=0", report.ToString());
        Assert.Equal("bad", Assert.Single(report.Failures).EventId);
        Assert.Equal(2, emulator.RequestsReceived);
    }

    [Fact]
    public async Task Halves_what_is_too_large_for_the_server()
    {
        await using var client = TestClient.Answering(request => TestClient.Answer(request.Content!.Headers.ContentLength > 2_000 ? 413 : 200));

        var report = await client.Client.SendAsync(Enumerable.Range(0, 20).Select(i => Some.Purchase($"e{i}")), Cancel);

        Assert.Equal(20, report.Delivered);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(302)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(599)]
    public async Task Blames_no_event_for_a_status_that_speaks_of_the_service(int status)
    {
        var report = await SendThreeAsync(status, """{"message":"not now"}""");

        Assert.Equal("delivered=0 rejected=0 undelivered=3", report.ToString());
        Assert.All(report.Failures, failure => Assert.Equal($"HTTP {status}: not now", failure.Reason));
    }

    [Fact]
    public async Task Reports_the_rest_as_undelivered_when_the_service_fails_on_the_way()
    {
        var requests = 0;
        await using var client = TestClient.Answering(_ => TestClient.Answer(++requests == 1 ? 200 : 503), options => options.Batch.MaxEvents = 2);

        var report = await client.Client.SendAsync(Enumerable.Range(0, 7).Select(i => Some.Purchase($"e{i}")), Cancel);

        Assert.Equal("delivered=2 rejected=0 undelivered=5", report.ToString());
        Assert.Equal([2, 3, 4, 5, 6], report.Failures.Select(failure => failure.Index));
        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task Repeats_a_blip_within_the_http_pipeline()
    {
        var requests = 0;
        await using var client = TestClient.Answering(_ => TestClient.Answer(++requests < 3 ? 503 : 200), options => options.Delivery.MaxRetries = 3);

        var sending = client.Client.SendAsync([Some.Purchase()], Cancel);
        await client.AdvanceUntilAsync(() => sending.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal(1, (await sending).Delivered);
        Assert.Equal(3, requests);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("86400", 3_600)]
    [InlineData("Thu, 15 Jan 2026 12:00:30 GMT", 30)]
    [InlineData("Thu, 15 Jan 2026 11:00:00 GMT", null)]
    [InlineData("soon", null)]
    public async Task Passes_on_how_long_roku_asks_to_wait(string header, int? seconds)
    {
        await using var client = TestClient.Answering(
            _ =>
            {
                var answer = TestClient.Answer(429);
                answer.Headers.TryAddWithoutValidation("Retry-After", header);
                return answer;
            });

        var report = await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal(seconds, (int?)report.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Does_not_repeat_at_once_what_roku_asks_to_wait_for()
    {
        var requests = 0;
        await using var client = TestClient.Answering(
            _ =>
            {
                requests++;
                var answer = TestClient.Answer(429);
                answer.Headers.TryAddWithoutValidation("Retry-After", "60");
                return answer;
            },
            options => options.Delivery.MaxRetries = 3);

        await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task Reports_a_connection_that_fails_without_an_exception()
    {
        await using var client = TestClient.Answering(_ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused (10.1.2.3:443)"));

        var report = await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal("no answer: ConnectionError", Assert.Single(report.Failures).Reason);
    }

    [Fact]
    public async Task Gives_up_an_answer_whose_body_never_ends()
    {
        await using var client = TestClient.Answering(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StalledStream()) });

        var sending = client.Client.SendAsync([Some.Purchase()], Cancel);
        await client.AdvanceUntilAsync(() => sending.IsCompleted, TimeSpan.FromSeconds(10));

        Assert.Equal("no answer in time", Assert.Single((await sending).Failures).Reason);
    }

    [Fact]
    public async Task Gives_up_a_server_that_never_answers()
    {
        await using var client = TestClient.With(new AnswerHandler(async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return TestClient.Answer(200);
        }));

        var sending = client.Client.SendAsync([Some.Purchase()], Cancel);
        await client.AdvanceUntilAsync(() => sending.IsCompleted, TimeSpan.FromSeconds(10));

        Assert.Equal("no answer in time", Assert.Single((await sending).Failures).Reason);
    }

    [Fact]
    public async Task Reads_no_more_of_an_answer_than_it_can_need()
    {
        var report = await SendThreeAsync(200, "{\"padding\":\"" + new string('x', 6_000_000) + "\"}");

        Assert.Equal(3, report.Delivered);
    }

    [Fact]
    public async Task Takes_out_of_a_reason_what_looks_personal_or_is_the_key()
    {
        var hash = new string('a', 64);
        var text = $"jane@example.com from 203.0.113.7 or 2001:db8:0:0::1, phone +1 (415) 555-0142, em {hash}, key the-api-key\\u0007";
        var report = await SendThreeAsync(210, $$$"""{"failed_events":[{"index":0,"error":"{{{text}}}"}],"x":1}""");
        var whole = await SendThreeAsync(503, $$$"""{"message":"{{{text}}}"}""");

        foreach (var reason in report.Failures.Concat(whole.Failures).Select(failure => failure.Reason))
        {
            Assert.DoesNotContain("jane", reason);
            Assert.DoesNotContain("203.0.113.7", reason);
            Assert.DoesNotContain("2001:db8", reason);
            Assert.DoesNotContain("555", reason);
            Assert.DoesNotContain(hash, reason);
            Assert.DoesNotContain("the-api-key", reason);
        }
    }

    [Fact]
    public async Task Cuts_a_long_reason()
    {
        var report = await SendThreeAsync(503, $$"""{"message":"{{string.Join(' ', Enumerable.Repeat("word", 500))}}"}""");

        Assert.InRange(report.Failures[0].Reason.Length, 290, 301);
    }

    [Fact]
    public async Task Repeats_nothing_of_events_in_its_failures()
    {
        var http = new MockHttpMessageHandler();
        http.When("*").Respond(HttpStatusCode.BadRequest, "application/json", "not json");
        await using var client = TestClient.With(http);

        var report = await client.Client.SendAsync([Some.Purchase("a")], Cancel);

        Assert.Equal("[0] a: Rejected, HTTP 400", Assert.Single(report.Failures).ToString());
    }

    [Fact]
    public void Outcomes_exist_for_the_events_that_were_given_only()
    {
        var report = new DeliveryReport(2, [new EventFailure(0, "a", EventOutcome.Rejected, "")], null);

        Assert.Equal([EventOutcome.Rejected, EventOutcome.Delivered], [report.OutcomeOf(0), report.OutcomeOf(1)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => report.OutcomeOf(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => report.OutcomeOf(-1));
    }

    private static RokuEvent[] Three() => [Some.Purchase("a"), Some.Purchase("b"), Some.Purchase("c")];

    private static async Task<DeliveryReport> SendThreeAsync(int status, string body)
    {
        await using var client = TestClient.Answering(_ => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        return await client.Client.SendAsync(Three(), Cancel);
    }
}
