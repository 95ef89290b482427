using System.Net;
using System.Text.Json.Nodes;

namespace Roku.Events.Emulator.Tests;

public sealed class LiveSiteTests : IAsyncDisposable
{
    private readonly RokuEmulator _emulator = new(timeProvider: Some.Clock());

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/live/live.css", "text/css")]
    [InlineData("/live/live.js", "text/javascript")]
    [InlineData("/live/store.js", "text/javascript")]
    [InlineData("/live/list.js", "text/javascript")]
    [InlineData("/live/plot.js", "text/javascript")]
    [InlineData("/live/detail.js", "text/javascript")]
    [InlineData("/live/dom.js", "text/javascript")]
    public async Task Serves_the_page_from_the_assembly(string path, string contentType)
    {
        using var response = await SendAsync(HttpMethod.Get, path);

        Assert.Equal((HttpStatusCode.OK, contentType), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotMatch("(src|href)=\"https?:|style=\"| on\\w+=\"|<script>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(_emulator.Requests);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/live/events.jsonl")]
    [InlineData("/live/nothing")]
    public async Task Lets_the_page_load_nothing_from_elsewhere(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(("nosniff", "no-store"), (Assert.Single(response.Headers.GetValues("X-Content-Type-Options")), response.Headers.CacheControl!.ToString()));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("GET", "/", "Host", "evil.example")]
    [InlineData("GET", "/live/feed", "Host", "127.0.0.1.evil.example")]
    [InlineData("GET", "/live/events.jsonl", "Host", "evil.example:80")]
    [InlineData("POST", "/live/clear", "Host", "evil.example")]
    [InlineData("POST", "/live/clear", "Origin", "https://evil.example")]
    [InlineData("POST", "/live/clear", "Origin", "http://localhost:1")]
    [InlineData("POST", "/live/clear", "Origin", "null")]
    [InlineData("POST", "/live/faults?fault=down", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "/live/events.jsonl", "Sec-Fetch-Site", "same-site")]
    public async Task Answers_nobody_from_elsewhere(string method, string path, string header, string value)
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase()));

        using var response = await SendAsync(new(method), path, (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Single(_emulator.Events);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("LOCALHOST:80")]
    [InlineData("[::1]:80")]
    public async Task Answers_under_every_name_of_this_machine(string host)
    {
        using var response = await SendAsync(HttpMethod.Get, "/", ("Host", host));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/live/clear")]
    [InlineData("/live/faults?fault=down")]
    public async Task Changes_nothing_on_a_GET(string path)
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase()));

        using var response = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _emulator.SendAsync(Some.Batch(Some.Purchase()))).Status);
        Assert.Equal(2, _emulator.Events.Count);
    }

    [Fact]
    public async Task Shortens_hashes_unless_asked_for_them()
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase("ord-17")));

        var shortened = await ReadAsync("/live/events/1");
        var full = await ReadAsync("/live/events/1?hashes=full");

        Assert.Equal("973d…3b", (string?)JsonNode.Parse(shortened)!["json"]!["user_data"]!["em"]);
        Assert.DoesNotContain(Some.EmailDigest, shortened, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(_emulator.Events[0].Json.GetRawText()), JsonNode.Parse(full)!["json"]));
    }

    [Fact]
    public async Task Hides_an_identifier_that_was_not_hashed()
    {
        var purchase = Some.Purchase();
        purchase["user_data"] = new JsonObject { ["is_hashed"] = false, ["em"] = "ada@example.com", ["ge"] = "female" };
        await _emulator.SendAsync(Some.Batch(purchase));

        Assert.DoesNotContain("ada", await ReadAsync("/live/events/1"), StringComparison.Ordinal);
        Assert.DoesNotContain("female", await ReadAsync("/live/events.jsonl"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/live/events/2")]
    [InlineData("/live/events/0")]
    [InlineData("/live/events/-1")]
    [InlineData("/live/events/x")]
    public async Task Knows_no_event_that_it_does_not_remember(string path)
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase()));

        using var response = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Exports_one_event_a_line_oldest_first()
    {
        await _emulator.SendAsync(Some.Purchases(250));

        using var response = await SendAsync(HttpMethod.Get, "/live/events.jsonl?hashes=full");
        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("attachment; filename=\"roku-events.jsonl\"", response.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(_emulator.Events.Select(e => e.Json.GetRawText()), lines);
    }

    [Theory]
    [InlineData("429", 429)]
    [InlineData("500", 500)]
    public async Task A_fault_stays_on_until_it_is_switched_off(string fault, int status)
    {
        await SwitchAsync(fault);
        var during = await _emulator.SendAsync(Some.Batch(Some.Purchase()));
        var again = await _emulator.SendAsync(Some.Batch(Some.Purchase()));
        await SwitchAsync("none");
        var after = await _emulator.SendAsync(Some.Batch(Some.Purchase()));

        Assert.Equal([status, status, 200], new[] { during, again, after }.Select(a => (int)a.Status));
    }

    [Fact]
    public async Task The_fault_210_answers_so_whatever_the_options_say()
    {
        await using var emulator = new RokuEmulator(new() { Rejection = RejectionMode.WholeBatch }, Some.Clock());
        await SwitchAsync("210", emulator);

        var answers = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add((int)(await emulator.SendAsync(Some.Batch(Some.Purchase($"ord-{i}")))).Status);
        }

        Assert.Equal([200, 200, 200, 200, 200, 200, 200, 200, 200, 210], answers);
    }

    [Fact]
    public async Task Scripted_faults_come_before_the_one_switched_on()
    {
        await SwitchAsync("500");
        _emulator.FailNext(HttpStatusCode.BadGateway);

        Assert.Equal(HttpStatusCode.BadGateway, (await _emulator.SendAsync(Some.Batch(Some.Purchase()))).Status);
        Assert.Equal(HttpStatusCode.InternalServerError, (await _emulator.SendAsync(Some.Batch(Some.Purchase()))).Status);
    }

    [Fact]
    public async Task Knows_no_other_faults()
    {
        using var response = await SendAsync(HttpMethod.Post, "/live/faults?fault=else");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task SwitchAsync(string fault, RokuEmulator? emulator = null)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/live/faults?fault={fault}", emulator: emulator);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private async Task<string> ReadAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, (string Name, string Value)? header = null, RokuEmulator? emulator = null)
    {
        var address = await (emulator ?? _emulator).ListenAsync(cancellationToken: TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(method, path);
        if (header is { } h)
        {
            request.Headers.TryAddWithoutValidation(h.Name, h.Value);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
