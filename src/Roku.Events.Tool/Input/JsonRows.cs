using System.Text;
using System.Text.Json;

namespace Roku.Events.Tool.Input;

// JSON Lines: an object a line, its inner objects' keys joined with dots.
internal sealed class JsonRows(Stream stream, string prefix = "") : RowSource
{
    private readonly StreamReader _reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024);
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, int> _indexes = [];
    private readonly char[] _buffer = new char[32 * 1024];
    private int _position;
    private int _length;
    private long _line;

    public override IReadOnlyList<string>? Header => null;

    // Refuse a key that no column asks for, as a mistake: the events are written by Roku's own names (two of which say nothing, and are passed over).
    public bool IsStrict { get; init; }

    // Take keys of custom_data that Roku does not document, instead of refusing them.
    public bool TakesExtras { get; init; }

    public override void Select(IReadOnlyList<string> columns, bool hashesContent)
    {
        base.Select(columns, hashesContent);
        for (var i = 0; i < columns.Count; i++)
        {
            _indexes[columns[i]] = i;
        }
    }

    public override Row? Read()
    {
        while (ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                return Parse(line);
            }
        }

        return null;
    }

    public override void Dispose() => _reader.Dispose();

    private Row Parse(string line)
    {
        var values = new string?[Columns.Count];
        var extras = new List<KeyValuePair<string, string>>();
        Problem? problem;
        try
        {
            using var document = JsonDocument.Parse(line);
            problem = document.RootElement.ValueKind == JsonValueKind.Object
                ? Flatten(document.RootElement, "", values, extras)
                : new("row", "is no JSON object", "write one event a line, in braces");
        }
        catch (JsonException)
        {
            problem = new("row", "is no valid JSON", "write one event a line, without line breaks inside");
        }
        catch (InvalidOperationException)
        {
            problem = new("row", "holds text that is no Unicode", "write it in UTF-8");
        }

        return new Row(_line, values) { Problem = problem, Extras = extras, ContentHash = HashesContent ? CsvRows.Hash(line) : null };
    }

    private Problem? Flatten(JsonElement element, string path, string?[] values, List<KeyValuePair<string, string>> extras)
    {
        Problem? problem = null;
        foreach (var member in element.EnumerateObject())
        {
            var name = path + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                problem ??= Flatten(member.Value, name + ".", values, extras);
            }
            else if (_indexes.TryGetValue(name, out var index))
            {
                problem ??= Take(member.Value, name, out values[index]);
            }
            else if (TakesExtras && name.StartsWith(prefix + "custom_data.", StringComparison.Ordinal))
            {
                extras.Add(new(member.Name, member.Value.GetRawText()));
            }
            else if (IsStrict && name.StartsWith(prefix, StringComparison.Ordinal) && name[prefix.Length..] is not ("event_type" or "user_data.is_hashed"))
            {
                problem ??= new(name[prefix.Length..], "is no field of Roku's", "correct its name, or map it with --map");
            }
        }

        return problem;
    }

    private static Problem? Take(JsonElement element, string name, out string? value)
    {
        var isList = element.ValueKind == JsonValueKind.Array;
        value = element.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => element.GetString() is { Length: > 0 } text ? text : null,
            _ => element.GetRawText(),
        };
        return isList && !name.EndsWith("contents", StringComparison.Ordinal) && !name.EndsWith("content_ids", StringComparison.Ordinal)
            ? new(name, "is a list", "give one value")
            : null;
    }

    // As StreamReader.ReadLine, but a line without end ends.
    private string? ReadLine()
    {
        _text.Clear();
        while (true)
        {
            if (_position == _length)
            {
                (_position, _length) = (0, _reader.Read(_buffer));
                if (_length == 0)
                {
                    _line += _text.Length > 0 ? 1 : 0;
                    return _text.Length > 0 ? _text.ToString() : null;
                }
            }

            var rest = _buffer.AsSpan(_position, _length - _position);
            var end = rest.IndexOf('\n');
            _text.Append(end < 0 ? rest : rest[..end]);
            _position += end < 0 ? rest.Length : end + 1;
            if (_text.Length > MaxRowBytes)
            {
                throw new ToolException($"Line {_line + 1} of the file is longer than {MaxRowBytes:N0} characters. JSON Lines has one event a line.");
            }

            if (end >= 0)
            {
                _line++;
                return _text.ToString();
            }
        }
    }
}
