using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roku.Events.Emulator.Tests;

public sealed class ListenTests : IAsyncDisposable
{
    private readonly RokuEmulator _emulator = new(new() { ApiKey = Some.ApiKey }, Some.Clock());

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Listens_on_the_loopback_address_only()
    {
        var address = await _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(("http", "127.0.0.1"), (address.Scheme, address.Host));
        Assert.InRange(address.Port, 1, 65535);
    }

    [Fact]
    public async Task Answers_over_the_network_as_it_does_in_process()
    {
        var ok = await SendAsync(Some.Purchases(1000));
        var partial = await SendAsync(Some.Batch(Some.Purchase(), 5));
        var tooLarge = await SendAsync(Some.PaddedTo(1_000_001));
        var largest = await SendAsync(Some.PaddedTo(1_000_000));
        var unknown = await SendAsync(Some.Batch(Some.Purchase()), "/v1/other");

        Assert.Equal([200, 210, 413, 200, 404], new[] { ok, partial, tooLarge, largest, unknown }.Select(a => (int)a.Status));
        Assert.Equal("""{"code":200,"events_received":1000}""", ok.Body);
        Assert.Equal("events[1]", (string?)partial.Json["failed_events"]![0]!["error"]!["field"]);
        Assert.Equal(1002, _emulator.EventsAccepted);
    }

    [Fact]
    public async Task Stops_a_chunked_body_at_the_limit()
    {
        using var client = await ClientAsync();
        using var request = Some.Request(Some.PaddedTo(1_000_001));
        request.Headers.TransferEncodingChunked = true;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Sends_scripted_headers_over_the_network()
    {
        _emulator.FailNext(HttpStatusCode.ServiceUnavailable, retryAfter: TimeSpan.FromSeconds(7));
        using var client = await ClientAsync();
        using var request = Some.Request(Some.Batch(Some.Purchase()));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(7)), (response.StatusCode, response.Headers.RetryAfter!.Delta));
        Assert.Empty(response.Headers.Server);
    }

    [Theory]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.NotModified)]
    public async Task Sends_no_body_with_a_status_that_has_none(HttpStatusCode status)
    {
        _emulator.FailNext(status, body: "ignored");

        var answer = await SendAsync(Some.Batch(Some.Purchase()));

        Assert.Equal((status, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Shares_one_memory_among_its_ports_and_handlers()
    {
        await SendAsync(Some.Batch(Some.Purchase("a")));
        await SendAsync(Some.Batch(Some.Purchase("b")));
        await _emulator.SendAsync(Some.Batch(Some.Purchase("c")));

        Assert.Equal(["a", "b", "c"], _emulator.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task Frees_its_port_when_disposed()
    {
        var address = await _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);

        await _emulator.DisposeAsync();

        using var listener = new TcpListener(IPAddress.Loopback, address.Port);
        listener.Start();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Says_when_the_port_is_taken()
    {
        var address = await _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IOException>(() => _emulator.ListenAsync(address.Port, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _emulator.ListenAsync(65536, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Survives_a_request_that_is_no_http()
    {
        var address = await _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);

        await socket.GetStream().WriteAsync("POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);

        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<HttpClient> ClientAsync() =>
        new() { BaseAddress = await _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken) };

    private async Task<Answer> SendAsync(string body, string path = "/v1/events")
    {
        using var client = await ClientAsync();
        using var request = Some.Request(body, path);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
