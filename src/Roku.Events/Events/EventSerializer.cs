using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Roku.Events;

// Turns an event into its exact bytes on the caller's thread, in a buffer that the thread keeps.
[SuppressMessage("Design", "CA1001", Justification = "The writer holds no resource but its buffer, and lives as long as the thread.")]
internal sealed class EventSerializer
{
    private const int MaxKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static EventSerializer? _ofThisThread;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    private EventSerializer() => _writer = new Utf8JsonWriter(_buffer, RokuEvent.WriterOptions);

    // The bytes stand until the next call on this thread.
    public static ReadOnlySpan<byte> Serialize(RokuEvent rokuEvent)
    {
        var serializer = _ofThisThread ??= new EventSerializer();
        serializer._buffer.ResetWrittenCount();
        serializer._writer.Reset();
        rokuEvent.WriteTo(serializer._writer);
        serializer._writer.Flush();
        if (serializer._buffer.Capacity > MaxKeptBytes)
        {
            _ofThisThread = null;
        }

        return serializer._buffer.WrittenSpan;
    }
}
