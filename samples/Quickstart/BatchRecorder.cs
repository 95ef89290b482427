using System.Text.Json;

namespace Quickstart;

// Looks at every request on its way to Roku. Any handler can be chained so: for a proxy, a signature, a trace.
internal sealed class BatchRecorder(List<Batch> batches) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        using var json = JsonDocument.Parse(body);
        lock (batches)
        {
            batches.Add(new Batch(json.RootElement.GetProperty("events").GetArrayLength(), body.Length, (int)response.StatusCode));
        }

        return response;
    }
}

internal sealed record Batch(int Events, int Bytes, int Status);
