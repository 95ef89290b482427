using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;

namespace Roku.Events.Tool.Input;

internal sealed class CsvRows : RowSource
{
    private readonly CsvReader _csv;
    private int[] _indexes = [];
    private long _malformedLine;

    public CsvRows(Stream stream, char? delimiter)
    {
        _csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            Separator = delimiter,
            TrackLineNumbers = true,
            MaxRecordSize = MaxRowBytes,
            IncludeValuesInExceptions = false,
            OnMalformedRecord = record => _malformedLine = record.LineNumber,
        });
        try
        {
            Header = [.. _csv.Headers];
        }
        catch (CsvFormatException exception)
        {
            throw Unreadable(exception);
        }

        if (Header.Count == 0)
        {
            throw new ToolException("The file is empty. Its first line must name the columns.");
        }
    }

    public override IReadOnlyList<string> Header { get; }

    public override void Select(IReadOnlyList<string> columns, bool hashesContent)
    {
        base.Select(columns, hashesContent);
        _indexes = [.. columns.Select(column => Header.ToList().IndexOf(column))];
    }

    public override Row? Read()
    {
        try
        {
            if (!_csv.Read())
            {
                return null;
            }
        }
        catch (CsvFormatException exception)
        {
            throw Unreadable(exception);
        }

        return new Row(_csv.LineNumber, Values()) { Problem = ProblemOfRow(), ContentHash = HashesContent ? Hash(_csv.RawRecord) : null };
    }

    public override void Dispose() => _csv.Dispose();

    internal static string Hash(string content) => Hash(Encoding.UTF8.GetBytes(content));

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA256.HashData(content).AsSpan(0, 16)).ToLowerInvariant();

    private string?[] Values()
    {
        var values = new string?[_indexes.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _indexes[i] < _csv.FieldCount && _csv.GetString(_indexes[i]) is { Length: > 0 } value ? value : null;
        }

        return values;
    }

    // A value in the wrong column would be hashed and match nobody.
    private Problem? ProblemOfRow() =>
        _malformedLine == _csv.LineNumber ? new("row", "has a quote where none may be", "write a quote inside a quoted value twice")
        : _csv.FieldCount != Header.Count ? new("row", string.Create(CultureInfo.InvariantCulture, $"has {_csv.FieldCount} values and the first line names {Header.Count} columns"), "quote values that hold the delimiter, and leave no column out")
        : null;

    private ToolException Unreadable(CsvFormatException exception) =>
        new($"The file cannot be read as CSV near line {_csv.LineNumber}: {exception.Message} Rows may be {MaxRowBytes:N0} bytes long; look for a quote that is never closed.");
}
