using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Roku.Events;

// The body of a post, in a buffer that holds one byte more than is allowed: when that fills, it is too large, whatever its headers say.
internal sealed class PostedBody : IDisposable
{
    public const int MaxBytes = 16 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
    private int _length;

    public ReadOnlyMemory<byte> Json => _buffer.AsMemory(0, _length);

    public async Task<bool> TryReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
        {
            return false;
        }

        int read;
        do
        {
            read = await request.Body.ReadAsync(_buffer.AsMemory(_length, MaxBytes + 1 - _length), cancellationToken).ConfigureAwait(false);
            _length += read;
        }
        while (read > 0 && _length <= MaxBytes);
        return _length <= MaxBytes;
    }

    // Cleared: the next owner has no business with a visitor's data.
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
}
