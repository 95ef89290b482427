using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Roku.Events;

// Events of one request, as the exact bytes of its body: envelope start, events, and (when sealed) envelope end.
internal sealed class EventBatch
{
    private const int MinBufferBytes = 8 * 1024;
    private const int MinEntries = 64;
    private const int Released = int.MinValue / 2;

    // What OpenTelemetry keeps of a span unless told otherwise.
    private const int MaxLinks = 128;

    private readonly int _envelopeBytes;
    private byte[] _buffer;
    private int _length;
    private Entry[] _entries;
    private int _readers;
    private bool _abandoned;

    public EventBatch(ClientSettings settings, int expectedBytes = 0, int expectedEvents = 0)
    {
        Settings = settings;
        var envelopeStart = settings.EnvelopeStart;
        _envelopeBytes = envelopeStart.Length + ClientSettings.EnvelopeEnd.Length;
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(MinBufferBytes, Math.Max(expectedBytes, _envelopeBytes)));
        _entries = ArrayPool<Entry>.Shared.Rent(Math.Max(MinEntries, expectedEvents));
        envelopeStart.CopyTo(_buffer, 0);
        _length = envelopeStart.Length;
    }

    // The settings the batch was opened under: its event group, and the key that goes with it.
    public ClientSettings Settings { get; }

    public int Count { get; private set; }

    // Bytes of the body, envelope included.
    public int Bytes => _length + ClientSettings.EnvelopeEnd.Length;

    // Bytes of memory held.
    public long HeldBytes => _buffer.Length + ((long)_entries.Length * Entry.Size);

    public long OldestEnqueuedAt => _entries[0].EnqueuedAt;

    public long NewestEnqueuedAt => _entries[Count - 1].EnqueuedAt;

    // Requests that carried these events, repetitions by the HTTP pipeline not counted.
    public int Attempts { get; set; }

    // Since when these events may be at Roku although no answer says so.
    public long? InDoubtSince { get; set; }

    // The activities that enqueued these events.
    public List<ActivityLink>? Links { get; private set; }

    // Completes when every event of this batch has its outcome; made only when somebody waits for it.
    public TaskCompletionSource? Settled { get; set; }

    public static bool FitsAlone(ReadOnlySpan<byte> json, ClientSettings settings) => json.Length <= settings.MaxEventBytes;

    public bool HasRoomFor(int jsonBytes, BatchOptions limits) =>
        Count < limits.MaxEvents && Bytes + Separator + jsonBytes <= limits.MaxBytes;

    // Memory that appending would add.
    public long GrowthFor(int jsonBytes)
    {
        var bytes = Bytes + Separator + jsonBytes;
        long growth = bytes > _buffer.Length ? GrownLength(_buffer.Length, bytes) - _buffer.Length : 0;
        return Count == _entries.Length ? growth + ((long)_entries.Length * Entry.Size) : growth;
    }

    public void Append(ReadOnlySpan<byte> json, int ordinal, long enqueuedAt)
    {
        EnsureRoomFor(json.Length);
        if (Count > 0)
        {
            _buffer[_length++] = (byte)',';
        }

        json.CopyTo(_buffer.AsSpan(_length));
        _length += json.Length;
        _entries[Count++] = new Entry(_length, ordinal, enqueuedAt);
    }

    // The whole body.
    public ReadOnlyMemory<byte> Body
    {
        get
        {
            ClientSettings.EnvelopeEnd.CopyTo(_buffer.AsSpan(_length));
            return _buffer.AsMemory(0, Bytes);
        }
    }

    // The JSON of the event at a position.
    public ReadOnlySpan<byte> EventAt(int position) => _buffer.AsSpan(RangeAt(position));

    // Where in the body that is.
    public Range RangeAt(int position)
    {
        var start = position == 0 ? _envelopeBytes - ClientSettings.EnvelopeEnd.Length : _entries[position - 1].End + 1;
        return start.._entries[position].End;
    }

    // The event's place among the events given to the one call that made the batch.
    public int OrdinalAt(int position) => _entries[position].Ordinal;

    public long EnqueuedAt(int position) => _entries[position].EnqueuedAt;

    // How many events, from the oldest, were enqueued before a moment.
    public int CountEnqueuedBefore(long moment)
    {
        var late = 0;
        while (late < Count && _entries[late].EnqueuedAt < moment)
        {
            late++;
        }

        return late;
    }

    public string IdAt(int position)
    {
        var reader = new Utf8JsonReader(EventAt(position));
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals("event_id"u8))
            {
                reader.Read();
                return reader.GetString() ?? "";
            }
        }

        return "";
    }

    // With the history of the batch it comes from; where several meet, the one that asks for more caution.
    public void AppendFrom(EventBatch source, int position)
    {
        Append(source.EventAt(position), source.OrdinalAt(position), source.EnqueuedAt(position));
        Attempts = Math.Max(Attempts, source.Attempts);
        InDoubtSince = source.InDoubtSince < InDoubtSince ? source.InDoubtSince : InDoubtSince ?? source.InDoubtSince;
        Links ??= source.Links;
    }

    public void AddLink(ActivityContext enqueuing)
    {
        Links ??= [];
        if (Links.Count < MaxLinks && (Links.Count == 0 || Links[^1].Context != enqueuing))
        {
            Links.Add(new ActivityLink(enqueuing));
        }
    }

    // A new batch of some events of this one.
    public EventBatch Slice(int start, int count)
    {
        var slice = new EventBatch(Settings, expectedEvents: count);
        for (var i = start; i < start + count; i++)
        {
            slice.AppendFrom(this, i);
        }

        return slice;
    }

    public void BeginRead()
    {
        if (Interlocked.Increment(ref _readers) <= 0)
        {
            Interlocked.Decrement(ref _readers);
            throw new ObjectDisposedException(nameof(EventBatch), "The request was given up before its body was read.");
        }
    }

    public void EndRead() => Interlocked.Decrement(ref _readers);

    // Leaves the memory to the garbage collector: somebody may read it for longer than anybody waits.
    public void Abandon() => _abandoned = true;

    // Gives the memory back. The batch must not be used afterwards.
    public void Release()
    {
        if (_abandoned)
        {
            return;
        }

        // A request that was given up may still be copying from the buffer: then the garbage collector has it.
        if (Interlocked.CompareExchange(ref _readers, Released, 0) == 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        ArrayPool<Entry>.Shared.Return(_entries);
        _buffer = [];
        _entries = [];
        _length = Count = 0;
    }

    private int Separator => Count > 0 ? 1 : 0;

    private static int GrownLength(int current, int needed)
    {
        while (current < needed)
        {
            current *= 2;
        }

        return current;
    }

    private void EnsureRoomFor(int jsonBytes)
    {
        var needed = Bytes + Separator + jsonBytes;
        if (needed > _buffer.Length)
        {
            var grown = ArrayPool<byte>.Shared.Rent(GrownLength(_buffer.Length, needed));
            _buffer.AsSpan(0, _length).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = grown;
        }

        if (Count == _entries.Length)
        {
            var grown = ArrayPool<Entry>.Shared.Rent(_entries.Length * 2);
            _entries.CopyTo(grown, 0);
            ArrayPool<Entry>.Shared.Return(_entries);
            _entries = grown;
        }
    }

    private readonly record struct Entry(int End, int Ordinal, long EnqueuedAt)
    {
        public const int Size = 16;
    }
}
