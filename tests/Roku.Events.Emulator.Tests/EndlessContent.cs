using System.Net;

namespace Roku.Events.Emulator.Tests;

internal sealed class EndlessContent : HttpContent
{
    public const int ChunkSize = 8_192;
    private readonly long? _announcedLength;

    public EndlessContent(long? announcedLength = null)
    {
        _announcedLength = announcedLength;
        Headers.ContentType = new("application/json");
    }

    public long BytesWritten { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkSize];
        chunk.AsSpan().Fill((byte)' ');
        while (true)
        {
            BytesWritten += ChunkSize;
            await stream.WriteAsync(chunk, cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _announcedLength.GetValueOrDefault();
        return _announcedLength.HasValue;
    }
}
