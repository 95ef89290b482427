using System.Net;
using System.Net.Http.Headers;

namespace Roku.Events;

// The body of one request: a copy from the batch's buffer to the socket, repeatable for retries.
internal sealed class EventBatchContent : HttpContent
{
    private readonly EventBatch _batch;
    private readonly ReadOnlyMemory<byte> _body;

    public EventBatchContent(EventBatch batch)
    {
        _batch = batch;
        _body = batch.Body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _batch.BeginRead();
        try
        {
            await stream.WriteAsync(_body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _batch.EndRead();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
