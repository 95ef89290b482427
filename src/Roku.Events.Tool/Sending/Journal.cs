using System.Text;
using System.Text.Json;

namespace Roku.Events.Tool.Sending;

// Beside the file that is sent: which chunks of it were begun and ended, so that a run that was killed is gone on with.
// JSON Lines; each line is on disk before what it speaks of goes on.
internal sealed class Journal : IDisposable
{
    private readonly FileStream _file;
    private readonly HashSet<int> _ended = [];
    private readonly Dictionary<int, ChunkState> _open = [];

    private Journal(FileStream file) => _file = file;

    public Totals Totals { get; private set; }

    public long RejectedBytes { get; private set; }

    public bool IsComplete { get; private set; }

    public bool IsResumed { get; private set; }

    // Chunks that were begun in an earlier run and not ended.
    public IReadOnlyDictionary<int, ChunkState> Open => _open;

    public static Journal OpenOrCreate(string path, JournalHeader header, bool restart)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The journal {path} cannot be opened, perhaps because another run has it: {exception.Message}");
        }

        try
        {
            var journal = new Journal(file);
            if (restart)
            {
                file.SetLength(0);
            }

            journal.Load(path, header);
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool HasEnded(int chunk) => _ended.Contains(chunk);

    // The events of the chunk that are still to be sent; null for all.
    public IReadOnlySet<int>? LeftOf(int chunk) => _open.GetValueOrDefault(chunk)?.Left;

    public void Begin(int chunk, DateTimeOffset at) =>
        Append(new Line { Begin = chunk, At = at });

    public void End(int chunk, Totals totals, long rejectedBytes)
    {
        (Totals, RejectedBytes) = (totals, rejectedBytes);
        Append(new Line { End = chunk, Delivered = totals.Delivered, Rejected = totals.Rejected, Skipped = totals.Skipped, RejectedBytes = rejectedBytes });
    }

    // Stopped in the middle of a chunk: these of its events are left, and when they may have arrived all the same.
    public void Leave(int chunk, ChunkState state, Totals totals, long rejectedBytes)
    {
        (Totals, RejectedBytes) = (totals, rejectedBytes);
        Append(new Line
        {
            Left = chunk,
            Events = [.. state.Left!],
            At = state.InDoubtSince,
            Delivered = totals.Delivered,
            Rejected = totals.Rejected,
            Skipped = totals.Skipped,
            RejectedBytes = rejectedBytes,
        });
    }

    public void Complete(Totals totals)
    {
        (Totals, IsComplete) = (totals, true);
        Append(new Line { Complete = true, Delivered = totals.Delivered, Rejected = totals.Rejected, Skipped = totals.Skipped, RejectedBytes = RejectedBytes });
    }

    public void Dispose() => _file.Dispose();

    private void Load(string path, JournalHeader header)
    {
        using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
        long end = 0;
        var isFirst = true;
        while (reader.ReadLine() is { } text)
        {
            // The last line may be torn: what it was to say did not happen yet.
            end += Encoding.UTF8.GetByteCount(text) + 1;
            if (end > _file.Length || !TryParse(text, out Line? line))
            {
                end -= Encoding.UTF8.GetByteCount(text) + 1;
                break;
            }

            if (isFirst)
            {
                header.CheckAgainst(line.Header ?? throw new ToolException($"{path} is no journal of this tool. Move it away."));
                (isFirst, IsResumed) = (false, true);
                continue;
            }

            Apply(line);
        }

        if (isFirst && _file.Length > 0 && end == 0 && _file.Length > 10_000)
        {
            throw new ToolException($"{path} is no journal of this tool. Move it away.");
        }

        _file.SetLength(end);
        _file.Position = end;
        if (isFirst)
        {
            Append(new Line { Header = header });
        }
    }

    private void Apply(Line line)
    {
        if (line.Begin is { } begun)
        {
            // The first time counts: that is when Roku may have seen the events.
            var before = _open.GetValueOrDefault(begun);
            _open[begun] = new ChunkState(before?.Left, before?.InDoubtSince ?? line.At);
            return;
        }

        if (line.Left is { } left)
        {
            _open[left] = new ChunkState(line.Events?.ToHashSet(), line.At);
        }
        else if (line.End is { } ended)
        {
            _open.Remove(ended);
            _ended.Add(ended);
        }

        IsComplete |= line.Complete == true;
        if (line.Delivered is not null)
        {
            Totals = new(line.Delivered.Value, line.Rejected ?? 0, line.Skipped ?? 0);
            RejectedBytes = line.RejectedBytes ?? 0;
        }
    }

    private void Append(Line line)
    {
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(line, JournalHeader.Json));
        _file.WriteByte((byte)'\n');
        _file.Flush(flushToDisk: true);
    }

    private static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Line? line)
    {
        try
        {
            line = JsonSerializer.Deserialize<Line>(text, JournalHeader.Json);
            return line is not null;
        }
        catch (JsonException)
        {
            line = null;
            return false;
        }
    }

    private sealed class Line
    {
        public JournalHeader? Header { get; init; }

        public int? Begin { get; init; }

        public int? End { get; init; }

        public int? Left { get; init; }

        public int[]? Events { get; init; }

        public DateTimeOffset? At { get; init; }

        public long? Delivered { get; init; }

        public long? Rejected { get; init; }

        public long? Skipped { get; init; }

        public long? RejectedBytes { get; init; }

        public bool? Complete { get; init; }
    }
}

// Left: places of events in the chunk; null for all. In doubt: since when Roku may have them; null when it has not.
internal sealed record ChunkState(IReadOnlySet<int>? Left, DateTimeOffset? InDoubtSince);
