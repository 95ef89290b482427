using System.Net;
using System.Text.Json;
using RichardSzalay.MockHttp;
using Roku.Events.Emulator;

namespace Roku.Events.Tests.Delivery;

public sealed class RequestTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Posts_the_events_of_one_group_with_the_bearer_key()
    {
        var http = new MockHttpMessageHandler();
        http.Expect(HttpMethod.Post, "https://events.ads.rokuapi.net/v1/events")
            .WithHeaders("Authorization", "Bearer the-api-key")
            .WithHeaders("Accept", "application/json")
            .WithHeaders("Content-Type", "application/json")
            .With(request => request.Content!.Headers.ContentLength > 0)
            .Respond("application/json", """{"code":200,"events_received":1}""");
        await using var client = TestClient.With(http);

        var report = await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal(1, report.Delivered);
        http.VerifyNoOutstandingExpectation();
    }

    [Fact]
    public async Task Sends_the_very_bytes_that_the_event_writes()
    {
        var purchase = Some.Purchase("ord-17");
        string? body = null;
        await using var client = TestClient.With(new AnswerHandler(async (request, cancel) =>
        {
            body = await request.Content!.ReadAsStringAsync(cancel);
            return TestClient.Answer(200);
        }));

        await client.Client.SendAsync([purchase, purchase], Cancel);

        var json = Json(purchase);
        Assert.Equal($$"""{"event_group_id":"Paccabcd1234","events":[{{json}},{{json}}]}""", body);
    }

    [Fact]
    public async Task Escapes_an_event_group_that_needs_it()
    {
        await using var client = TestClient.WithEmulator(options => options.EventGroupId = "a\"b\\c");

        await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal("a\"b\\c", Assert.Single(client.Emulator.Events).EventGroupId);
    }

    [Fact]
    public async Task Validating_goes_to_the_test_endpoint_and_ingests_nothing()
    {
        await using var client = TestClient.WithEmulator();

        var report = await client.Client.ValidateAsync([Some.Purchase()], Cancel);

        Assert.Equal(1, report.Delivered);
        Assert.Equal("/v1/test_events", Assert.Single(client.Emulator.Requests).Path);
        Assert.Empty(client.Emulator.Events);
    }

    [Fact]
    public async Task Validate_only_sends_everything_to_the_test_endpoint()
    {
        await using var client = TestClient.WithEmulator(options => options.ValidateOnly = true);

        await client.Client.SendAsync([Some.Purchase()], Cancel);
        await client.EnqueueAsync(1);
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.All(client.Emulator.Requests, request => Assert.Equal("/v1/test_events", request.Path));
    }

    [Theory]
    [InlineData("https://proxy.example", "https://proxy.example/v1/events")]
    [InlineData("https://proxy.example/roku/", "https://proxy.example/roku/v1/events")]
    public async Task Keeps_the_path_of_the_endpoint(string endpoint, string expected)
    {
        Uri? asked = null;
        await using var client = TestClient.Answering(
            request =>
            {
                asked = request.RequestUri;
                return TestClient.Answer(200);
            },
            options => options.Endpoint = new Uri(endpoint));

        await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal(new Uri(expected), asked);
    }

    [Fact]
    public async Task Splits_by_a_thousand_events()
    {
        await using var client = TestClient.WithEmulator();

        var report = await client.Client.SendAsync(Enumerable.Range(0, 2_500).Select(i => Some.Purchase($"e{i}")), Cancel);

        Assert.Equal(2_500, report.Delivered);
        Assert.Equal([1_000, 1_000, 500], client.Emulator.Requests.Select(request => request.EventCount));
    }

    [Fact]
    public async Task Splits_by_bytes()
    {
        await using var client = TestClient.WithEmulator();

        var report = await client.Client.SendAsync(Enumerable.Range(0, 25).Select(_ => Large(90_000)), Cancel);

        Assert.Equal(25, report.Delivered);
        Assert.Equal([11, 11, 3], client.Emulator.Requests.Select(request => request.EventCount));
    }

    [Fact]
    public async Task Fills_a_request_to_the_last_byte()
    {
        await using var client = TestClient.WithEmulator();
        var room = 1_000_000 - """{"event_group_id":"Paccabcd1234","events":[]}""".Length;
        var largest = Large(room - Json(Large(0)).Length);

        var report = await client.Client.SendAsync([largest], Cancel);

        Assert.Equal(1, report.Delivered);
        Assert.Equal(1_000_000, Assert.Single(client.Emulator.Requests).Bytes);
    }

    [Fact]
    public async Task Rejects_an_event_that_fits_no_request_with_its_size_and_sends_the_others()
    {
        await using var client = TestClient.WithEmulator();
        var room = 1_000_000 - """{"event_group_id":"Paccabcd1234","events":[]}""".Length;
        var tooLarge = Large(room - Json(Large(0)).Length + 1);

        var report = await client.Client.SendAsync([Some.Purchase(), tooLarge, Some.Purchase()], Cancel);

        Assert.Equal((2, 1, 0), (report.Delivered, report.Rejected, report.Undelivered));
        var failure = Assert.Single(report.Failures);
        Assert.Equal((1, EventOutcome.Rejected), (failure.Index, failure.Outcome));
        Assert.Contains("takes 999,956 bytes of JSON and a request has room for 999,955", failure.Reason);
    }

    [Theory]
    [InlineData(503, false)]
    [InlineData(401, false)]
    [InlineData(500, true)]
    public async Task Says_whether_what_is_undelivered_may_have_arrived(int status, bool mayHaveArrived)
    {
        await using var client = TestClient.WithEmulator(options => options.Delivery.MaxRetries = 0);
        client.Emulator.FailNext((HttpStatusCode)status);

        var report = await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal((1, mayHaveArrived), (report.Undelivered, report.MayHaveArrived));
    }

    [Fact]
    public async Task A_broken_connection_leaves_doubt()
    {
        await using var client = TestClient.WithEmulator(options => options.Delivery.MaxRetries = 0);
        client.Emulator.Script(EmulatorFault.Reset(accepted: true));

        var report = await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal((1, true), (report.Undelivered, report.MayHaveArrived));
    }

    [Fact]
    public async Task Sends_nothing_for_no_events()
    {
        await using var client = TestClient.WithEmulator();

        var report = await client.Client.SendAsync([], Cancel);

        Assert.Equal("delivered=0 rejected=0 undelivered=0", report.ToString());
        Assert.Empty(client.Emulator.Requests);
    }

    [Fact]
    public async Task Stops_when_the_token_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        await using var client = TestClient.With(new AnswerHandler(async (_, cancel) =>
        {
            await source.CancelAsync();
            cancel.ThrowIfCancellationRequested();
            return TestClient.Answer(200);
        }));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Client.SendAsync([Some.Purchase()], source.Token));
    }

    [Fact]
    public async Task Refuses_an_event_hashed_by_another_phone_rule_than_the_options_say()
    {
        await using var client = TestClient.WithEmulator(options => options.Identifiers.PhoneRule = PhoneRule.E164);
        var guessed = RokuEvent.Create(EventName.Lead).From(EventSource.PhoneCall).WithUser(user => user.Phone("+14155550142")).Build();

        var report = await client.Client.SendAsync([guessed], Cancel);
        var refused = Assert.Throws<RokuEventValidationException>(() => client.Dispatcher.TryEnqueue(guessed));

        Assert.Contains("user_data.ph was hashed by the rule DigitsOnly but this client's options say E164", Assert.Single(report.Failures).Reason);
        Assert.Equal("user_data.ph", Assert.Single(refused.Problems).Path);
    }

    [Fact]
    public async Task Refuses_an_event_hashed_by_another_alias_rule_than_the_options_say()
    {
        await using var client = TestClient.WithEmulator(options => options.Identifiers.DropEmailAlias = true);

        var refused = Assert.Throws<RokuEventValidationException>(() => client.Dispatcher.TryEnqueue(Some.Purchase()));

        Assert.Equal("user_data.em", Assert.Single(refused.Problems).Path);
    }

    [Fact]
    public async Task Logs_once_which_phone_rule_is_in_force()
    {
        await using var client = TestClient.WithEmulator();
        var call = RokuEvent.Create(EventName.Lead).From(EventSource.PhoneCall).WithUser(user => user.Phone("+14155550142")).Build();

        await client.Client.SendAsync([call, call], Cancel);
        await client.Dispatcher.EnqueueAsync(call, Cancel);

        Assert.Equal(1, client.Logs.Count(1));
        Assert.Contains("by the rule DigitsOnly", client.Logs.All());
    }

    private static RokuEvent Large(int extraBytes) => RokuEvent.Create(EventName.Search)
        .From(EventSource.Website)
        .WithId("large")
        .At(Some.Now)
        .WithUser(user => user.Email("jane@example.com"))
        .WithCustomData(data => data.SearchString("x" + new string('x', extraBytes)))
        .Build();

    private static string Json(RokuEvent rokuEvent)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, RokuEvent.WriterOptions))
        {
            rokuEvent.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
