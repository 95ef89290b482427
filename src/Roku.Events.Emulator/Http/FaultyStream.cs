namespace Roku.Events.Emulator;

// The body of an answer as a client reads it when the connection breaks half way, or drips.
internal sealed class FaultyStream(ReadOnlyMemory<byte> body, EmulatorFault fault, TimeProvider time) : Stream
{
    private int _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (fault.Kind == EmulatorFaultKind.Cut && _read >= body.Length / 2)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The connection broke.");
        }

        if (_read == body.Length || buffer.IsEmpty)
        {
            return 0;
        }

        await Task.Delay(fault.Wait, time, cancellationToken).ConfigureAwait(false);
        buffer.Span[0] = body.Span[_read++];
        return 1;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
