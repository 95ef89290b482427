using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Roku.Events;

// Appends dead letters to a file, all lines of a call or none: opened for each call, so that whoever moves, truncates or
// ships it finds it closed; on disk when a call ends.
internal sealed class DeadLetterFile
{
    private readonly string _path;
    private readonly long _maxFileBytes;
    private readonly int? _maxFiles;

    public DeadLetterFile(string path, long maxFileBytes, int? maxFiles)
    {
        _path = Path.GetFullPath(path);
        _maxFileBytes = maxFileBytes;
        _maxFiles = maxFiles;

        // Here, so that a folder that cannot be made stops the host at its start.
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
    }

    public async Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var lines = Lines(letters);
        RollFor(lines.Length);
        await using var file = new FileStream(_path, Options());
        var end = file.Length;
        file.Position = end;
        try
        {
            if (await IsTornAsync(file, cancellationToken).ConfigureAwait(false))
            {
                file.WriteByte((byte)'\n');
            }

            await file.WriteAsync(lines, cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }
        catch
        {
            // A full disk may have taken a part of them; they will come again.
            file.SetLength(end);
            throw;
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,

            // A second process that writes the same file gets an error, not half of the lines.
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    // The process that wrote last may have ended in the middle of a line.
    private static async Task<bool> IsTornAsync(FileStream file, CancellationToken cancellationToken)
    {
        if (file.Length == 0)
        {
            return false;
        }

        var last = new byte[1];
        file.Position = file.Length - 1;
        await file.ReadExactlyAsync(last, cancellationToken).ConfigureAwait(false);
        return last[0] != '\n';
    }

    private static ReadOnlyMemory<byte> Lines(IReadOnlyList<DeadLetter> letters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, RokuEvent.WriterOptions);
        foreach (var letter in letters)
        {
            writer.WriteStartObject();
            writer.WriteString("time"u8, letter.GivenUpAt);
            writer.WriteString("client"u8, letter.ClientName);
            writer.WriteString("event_group_id"u8, letter.EventGroupId);
            writer.WriteString("outcome"u8, Text(letter.Outcome));
            writer.WriteString("reason"u8, letter.Reason);
            writer.WriteNumber("attempts"u8, letter.Attempts);
            writer.WriteString("enqueued_at"u8, letter.EnqueuedAt);
            writer.WritePropertyName("event"u8);
            writer.WriteRawValue(letter.Json.Span, skipInputValidation: true);
            writer.WriteEndObject();
            writer.Flush();
            buffer.Write("\n"u8);
            writer.Reset();
        }

        return buffer.WrittenMemory;
    }

    private static string Text(EventOutcome outcome) => outcome switch
    {
        EventOutcome.Rejected => "rejected",
        EventOutcome.Expired => "expired",
        _ => "dropped",
    };

    private void RollFor(int bytes)
    {
        var current = new FileInfo(_path);
        if (!current.Exists || current.Length == 0 || current.Length + bytes <= _maxFileBytes)
        {
            return;
        }

        var rolled = RolledFiles();
        var number = rolled.Count == 0 ? 1 : rolled[^1].Number + 1;
        current.MoveTo(PathOf(number));
        foreach (var (path, _) in rolled.Take(rolled.Count + 1 - (_maxFiles ?? int.MaxValue)))
        {
            File.Delete(path);
        }
    }

    private string PathOf(int number) =>
        Path.ChangeExtension(_path, string.Create(CultureInfo.InvariantCulture, $"{number:D4}{Path.GetExtension(_path)}"));

    private List<(string Path, int Number)> RolledFiles()
    {
        var (name, extension) = (Path.GetFileNameWithoutExtension(_path), Path.GetExtension(_path));
        var rolled = new List<(string Path, int Number)>();
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(_path)!, $"{name}.*{extension}"))
        {
            var middle = Path.GetFileName(path).AsSpan(name.Length + 1);
            if (middle.Length > extension.Length
                && int.TryParse(middle[..^extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                rolled.Add((path, number));
            }
        }

        rolled.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        return rolled;
    }
}
