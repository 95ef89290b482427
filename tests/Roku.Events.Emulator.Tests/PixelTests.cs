using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Emulator.Tests;

public sealed class PixelTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = Some.Clock();
    private readonly RokuEmulator _emulator;

    public PixelTests() => _emulator = new RokuEmulator(timeProvider: _clock);

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task Takes_the_half_of_an_event_that_a_page_fires(string contentType)
    {
        var answer = await FireAsync(Pixel("ord-17"), contentType: contentType);

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        var received = Assert.Single(_emulator.Events);
        Assert.Equal(("PURCHASE", "ord-17", Some.Group, true), (received.Name, received.Id, received.EventGroupId, received.IsFromPixel));
        Assert.Equal((Some.Now, Some.Now), (received.Time, received.ReceivedAt));
        Assert.Equal("https://shop.example/done", received.Json.GetProperty("event_source_URL").GetString());
        Assert.Equal(("/pixel", 1), (Assert.Single(_emulator.Requests).Path, _emulator.EventsAccepted));
    }

    [Fact]
    public async Task The_servers_event_after_the_pixels_is_a_duplicate()
    {
        await FireAsync(Pixel("ord-17"));
        _clock.Advance(TimeSpan.FromMinutes(10));
        await _emulator.SendAsync(Some.Batch(Some.Purchase("ord-17"), Some.Purchase("ord-18")));

        Assert.Equal([(true, false), (false, true), (false, false)], _emulator.Events.Select(e => (e.IsFromPixel, e.IsDuplicate)));
        Assert.Equal((3, 1), (_emulator.EventsAccepted, _emulator.EventsDuplicated));
    }

    [Fact]
    public async Task The_pixels_event_after_the_servers_is_a_duplicate()
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase("ord-17")));
        await FireAsync(Pixel("ord-17"));

        Assert.Equal([(false, false), (true, true)], _emulator.Events.Select(e => (e.IsFromPixel, e.IsDuplicate)));
    }

    [Theory]
    [InlineData("""{"event_group_id":"g","event_name":"purchase"}""", "event_name", "invalid_value")]
    [InlineData("""{"event_group_id":"g"}""", "event_name", "missing_field")]
    [InlineData("""{"event_name":"PURCHASE"}""", "event_group_id", "missing_field")]
    [InlineData("""{"event_group_id":"g","event_name":"PURCHASE","event_id":7}""", "event_id", "wrong_type")]
    [InlineData("""{"event_group_id":"g","event_name":"PURCHASE","event_source_url":"x"}""", "event_source_url", "unknown_field")]
    [InlineData("""{"event_group_id":"g","event_name":"PURCHASE","custom_data":{"currency":"usd"}}""", "custom_data.currency", "invalid_value")]
    [InlineData("[]", "body", "wrong_type")]
    public async Task Names_the_field_that_is_wrong(string body, string field, string code)
    {
        var answer = await FireAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        var problem = Assert.Single(Assert.Single(_emulator.Requests).Problems);
        Assert.Equal((field, code), (problem.Field, problem.Code));
        Assert.Equal((0, 1), (_emulator.EventsAccepted, _emulator.EventsRejected));
    }

    [Theory]
    [InlineData("not json", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "application/xml", HttpStatusCode.UnsupportedMediaType)]
    public async Task Refuses_what_it_cannot_read(string body, string contentType, HttpStatusCode expected)
    {
        Assert.Equal(expected, (await FireAsync(body, contentType: contentType)).Status);
        Assert.Empty(_emulator.Events);
    }

    [Fact]
    public async Task Takes_sixteen_kilobytes_and_no_more()
    {
        var largest = Pixel("a")[..^1].PadRight(16 * 1024 - 1) + "}";

        Assert.Equal(HttpStatusCode.NoContent, (await FireAsync(largest)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await FireAsync(largest + " ")).Status);
    }

    [Fact]
    public async Task Refuses_an_event_group_that_is_not_the_emulators()
    {
        await using var emulator = new RokuEmulator(new() { EventGroupId = "another" }, _clock);

        Assert.Equal(HttpStatusCode.Forbidden, (await FireAsync(Pixel("a"), emulator: emulator)).Status);
        Assert.Empty(emulator.Events);
    }

    [Fact]
    public async Task Lets_a_page_of_another_port_of_this_machine_send()
    {
        using var client = await ClientAsync(_emulator);
        using var question = new HttpRequestMessage(HttpMethod.Options, "/pixel") { Headers = { { "Origin", "http://localhost:5000" } } };
        using var shot = Shot(Pixel("a"), "application/json");
        shot.Headers.Add("Origin", "http://localhost:5000");

        using var preflight = await client.SendAsync(question, TestContext.Current.CancellationToken);
        using var answer = await client.SendAsync(shot, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (preflight.StatusCode, answer.StatusCode));
        Assert.Equal("Content-Type", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")));
        Assert.All([preflight, answer], r => Assert.Equal("http://localhost:5000", Assert.Single(r.Headers.GetValues("Access-Control-Allow-Origin"))));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://127.0.0.1.evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "evil.example")]
    public async Task Refuses_pages_from_elsewhere(string header, string value)
    {
        using var client = await ClientAsync(_emulator);
        using var shot = Shot(Pixel("a"), "text/plain");
        shot.Headers.Add(header, value);

        using var answer = await client.SendAsync(shot, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Empty(_emulator.Events);
    }

    private static string Pixel(string id) => new JsonObject
    {
        ["event_group_id"] = Some.Group,
        ["event_name"] = "PURCHASE",
        ["event_id"] = id,
        ["event_source_URL"] = "https://shop.example/done",
        ["custom_data"] = new JsonObject { ["value"] = 129.99, ["currency"] = "USD" },
    }.ToJsonString();

    private static HttpRequestMessage Shot(string body, string contentType) =>
        new(HttpMethod.Post, "/pixel") { Content = new StringContent(body, Encoding.UTF8, contentType) };

    private static async Task<HttpClient> ClientAsync(RokuEmulator emulator) =>
        new() { BaseAddress = await emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken) };

    private async Task<Answer> FireAsync(string body, string contentType = "application/json", RokuEmulator? emulator = null)
    {
        using var client = await ClientAsync(emulator ?? _emulator);
        using var shot = Shot(body, contentType);
        using var response = await client.SendAsync(shot, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
