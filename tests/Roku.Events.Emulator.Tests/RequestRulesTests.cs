using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Roku.Events.Emulator.Tests;

public sealed class RequestRulesTests : IAsyncDisposable
{
    private readonly RokuEmulator _emulator = new(new() { ApiKey = Some.ApiKey, EventGroupId = Some.Group }, Some.Clock());

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/events/")]
    [InlineData("/V1/events")]
    [InlineData("/v2/events")]
    public async Task Knows_only_two_paths(string path)
    {
        var answer = await _emulator.SendAsync(Some.Batch(Some.Purchase()), path);

        Refused(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task Knows_only_post(string method)
    {
        using var request = Some.Request(Some.Batch(Some.Purchase()));
        request.Method = new HttpMethod(method);
        using var client = _emulator.Client();

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Refused(await Answer.ReadAsync(response), HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Equal("POST", Assert.Single(response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer another-key")]
    [InlineData("Bearer KEY-OF-THE-SHOP")]
    [InlineData("Bearer ")]
    [InlineData("Basic key-of-the-shop")]
    [InlineData("key-of-the-shop")]
    public async Task Refuses_a_request_without_the_right_key(string? authorization)
    {
        using var request = Some.Request(Some.Batch(Some.Purchase()));
        request.Headers.Remove("Authorization");
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        var answer = await _emulator.SendAsync(request);

        Refused(answer, HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("Pacc99999999", false)]
    [InlineData("PACC12345678", true)]
    public async Task Refuses_the_group_of_another_account(string group, bool hintsAtCase)
    {
        var answer = await _emulator.SendAsync(Some.Batch(Some.Purchase()).Replace(Some.Group, group, StringComparison.Ordinal));

        Refused(answer, HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(hintsAtCase, answer.Body.Contains("case-sensitive", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Takes_any_key_and_group_unless_told_otherwise()
    {
        await using var lenient = new RokuEmulator(timeProvider: Some.Clock());
        using var request = Some.Request(Some.Batch(Some.Purchase()).Replace(Some.Group, "any", StringComparison.Ordinal), key: "whatever");

        var answer = await lenient.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("any", Assert.Single(lenient.Events).EventGroupId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Refuses_a_body_that_is_not_declared_as_json(string? contentType)
    {
        using var request = Some.Request(Some.Batch(Some.Purchase()));
        request.Content!.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);

        var answer = await _emulator.SendAsync(request);

        Refused(answer, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task Refuses_a_compressed_body()
    {
        using var request = Some.Request(Some.Batch(Some.Purchase()));
        request.Content!.Headers.ContentEncoding.Add("gzip");

        var answer = await _emulator.SendAsync(request);

        Refused(answer, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("text/html", HttpStatusCode.NotAcceptable)]
    [InlineData("text/html, */*;q=0.1", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.OK)]
    public async Task Answers_only_who_accepts_json(string accept, HttpStatusCode expected)
    {
        using var request = Some.Request(Some.Batch(Some.Purchase()));
        request.Headers.Remove("Accept");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        var answer = await _emulator.SendAsync(request);

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task Warns_of_a_missing_accept_header()
    {
        using var request = Some.Request(Some.Batch(Some.Purchase()));
        request.Headers.Accept.Clear();

        var answer = await _emulator.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.StartsWith("Accept is missing", Assert.Single(Assert.Single(_emulator.Requests).Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("not json")]
    [InlineData("{\"event_group_id\":\"g\",\"events\":[],}")]
    [InlineData("{\"event_group_id\":\"g\",\"events\":[]} {}")]
    [InlineData("\uFEFF{\"event_group_id\":\"g\",\"events\":[]}")]
    [InlineData("{\"event_group_id\":\"\\ud800\",\"events\":[]}")]
    [InlineData("{\"event_group_id\":\"g\",\"\\uDfff\":[]}")]
    public async Task Refuses_a_body_that_is_not_json(string body)
    {
        var answer = await _emulator.SendAsync(body);

        Refused(answer, HttpStatusCode.BadRequest, "invalid_json");
    }

    [Fact]
    public async Task Refuses_a_body_that_is_not_utf_8()
    {
        using var request = Some.Request("");
        request.Content = new ByteArrayContent([.. "{\"event_group_id\":\""u8, 0xFF, .. "\",\"events\":[]}"u8])
        {
            Headers = { ContentType = new("application/json") },
        };

        var answer = await _emulator.SendAsync(request);

        Refused(answer, HttpStatusCode.BadRequest, "invalid_json");
    }

    [Theory]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("{}", "event_group_id")]
    [InlineData("{\"events\":[{}]}", "event_group_id")]
    [InlineData("{\"event_group_id\":\"\",\"events\":[{}]}", "event_group_id")]
    [InlineData("{\"event_group_id\":7,\"events\":[{}]}", "event_group_id")]
    [InlineData("{\"event_group_id\":\"g\"}", "events")]
    [InlineData("{\"event_group_id\":\"g\",\"events\":{}}", "events")]
    [InlineData("{\"event_group_id\":\"g\",\"events\":[{}],\"test\":true}", "test")]
    [InlineData("{\"event_group_id\":\"g\",\"event_group_id\":\"g\",\"events\":[{}]}", "event_group_id")]
    [InlineData("{\"event_group_id\":\"g\",\"events\":[{}],\"events\":[{}]}", "events")]
    public async Task Refuses_a_body_of_another_shape(string body, string? field)
    {
        var answer = await _emulator.SendAsync(body);

        Refused(answer, HttpStatusCode.BadRequest, "invalid_envelope");
        Assert.Equal(field, (string?)answer.Json["error"]!["field"]);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.BadRequest)]
    [InlineData(1, HttpStatusCode.OK)]
    [InlineData(1000, HttpStatusCode.OK)]
    [InlineData(1001, HttpStatusCode.BadRequest)]
    public async Task Takes_from_1_to_1000_events(int count, HttpStatusCode expected)
    {
        var answer = await _emulator.SendAsync(Some.Purchases(count));

        Assert.Equal(expected, answer.Status);
        Assert.Equal(expected == HttpStatusCode.OK ? count : 0, _emulator.EventsAccepted);
        Assert.Equal(count, Assert.Single(_emulator.Requests).EventCount);
    }

    [Theory]
    [InlineData(1_000_000, HttpStatusCode.OK)]
    [InlineData(1_000_001, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Takes_a_body_up_to_1_000_000_bytes(int bytes, HttpStatusCode expected)
    {
        var body = Some.PaddedTo(bytes);
        Assert.Equal(bytes, Encoding.UTF8.GetByteCount(body));

        var answer = await _emulator.SendAsync(body);

        Assert.Equal(expected, answer.Status);
        Assert.Equal(bytes, Assert.Single(_emulator.Requests).Bytes);
    }

    [Fact]
    public async Task Stops_reading_a_body_of_unknown_length_at_the_limit()
    {
        using var content = new EndlessContent();
        using var request = Some.Request("");
        request.Content = content;

        var answer = await _emulator.SendAsync(request);

        Refused(answer, HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        Assert.InRange(content.BytesWritten, 1_000_000, 1_000_000 + EndlessContent.ChunkSize);
        Assert.InRange(Assert.Single(_emulator.Requests).Bytes, 1, 1_000_000);
    }

    [Fact]
    public async Task Does_not_read_a_body_that_announces_too_much()
    {
        using var content = new EndlessContent(announcedLength: 5_000_000_000);
        using var request = Some.Request("");
        request.Content = content;

        var answer = await _emulator.SendAsync(request);

        Refused(answer, HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        Assert.Equal(0, content.BytesWritten);
        Assert.Equal(5_000_000_000, Assert.Single(_emulator.Requests).Bytes);
    }

    private void Refused(Answer answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal((int)status, (int?)answer.Json["code"]);
        Assert.Equal(code, answer.ErrorCode);
        Assert.Empty(_emulator.Events);

        var request = Assert.Single(_emulator.Requests);
        Assert.Equal(status, request.Status);
        Assert.Equal(code, Assert.Single(request.Problems).Code);
    }
}
