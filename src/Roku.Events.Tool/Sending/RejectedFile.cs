using System.Text;
using CsvHelper;

namespace Roku.Events.Tool.Sending;

// The rejected events of a file with line, field, rule and fix; never with a value. Made with the first of them.
internal sealed class RejectedFile(string path) : IDisposable
{
    private FileStream? _file;

    public string Path => path;

    // What is in the file for good: the journal notes it with each chunk.
    public long Length => _file?.Length ?? 0;

    // Goes back to what the journal knows of, or to nothing.
    public void Begin(long length)
    {
        if (length == 0)
        {
            File.Delete(path);
            return;
        }

        _file = Open();
        if (_file.Length < length)
        {
            throw new ToolException($"{path} is shorter than the last run left it, so what it told is lost. Put it back, or send everything again with --restart.");
        }

        _file.SetLength(length);
        _file.Position = length;
    }

    public void Write(IReadOnlyList<Rejection> rejections)
    {
        if (rejections.Count == 0)
        {
            return;
        }

        _file ??= Open();
        using (var text = new StreamWriter(_file, new UTF8Encoding(false), leaveOpen: true))
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions(), leaveOpen: true))
        {
            if (_file.Length == 0)
            {
                csv.WriteRecord(["line", "event_id", "field", "rule", "fix"]);
            }

            foreach (var rejection in rejections)
            {
                foreach (var problem in rejection.Problems)
                {
                    csv.WriteField(rejection.Line);
                    csv.WriteField(rejection.EventId ?? "");
                    csv.WriteField(problem.Field);
                    csv.WriteField(problem.Rule);
                    csv.WriteField(problem.Fix);
                    csv.EndRecord();
                }
            }
        }

        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file?.Dispose();

    private FileStream Open()
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The rejected events cannot be written to {path}: {exception.Message} Name another file with --rejected.");
        }
    }
}
