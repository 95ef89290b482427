using System.Text.Json.Nodes;

namespace Roku.Events.Emulator.Tests;

// Reads /live/feed as a browser does.
internal sealed class LiveFeed : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private LiveFeed(HttpResponseMessage response, StreamReader reader) => (_response, _reader) = (response, reader);

    public string LastId { get; private set; } = "";

    public static async Task<LiveFeed> OpenAsync(HttpClient client, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/live/feed");
        request.Headers.Add("Last-Event-ID", lastEventId ?? "");
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        return new(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    public async Task<JsonNode> NextAsync()
    {
        while (await _reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                LastId = line[4..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonNode.Parse(line[6..])!;
            }
        }

        throw new EndOfStreamException("The feed ended.");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
