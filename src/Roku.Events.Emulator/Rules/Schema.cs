using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Roku.Events.Emulator;

internal delegate void FieldRule(JsonElement value, string path, BatchReview review);

internal sealed class Field(string path, FieldRule rule, bool required = false)
{
    public string Path { get; } = path;

    public FieldRule Rule { get; } = rule;

    public bool Required { get; } = required;

    public string Name { get; } = path[(path.LastIndexOf('.') + 1)..];
}

// The members an object may have, each with its rule. Unknown, repeated and missing members are found here.
internal sealed class Schema
{
    private readonly Field[] _fields;
    private readonly byte[][] _names;
    private readonly string _prefix;
    private readonly Action<JsonProperty, string, BatchReview> _unknown;
    private readonly ulong _required;

    public Schema(string prefix, Field[] fields, Action<JsonProperty, string, BatchReview>? unknown = null)
    {
        _fields = fields;
        _names = [.. fields.Select(f => Encoding.UTF8.GetBytes(f.Name))];
        _prefix = prefix;
        _unknown = unknown ?? RefuseUnknown;
        for (var i = 0; i < fields.Length; i++)
        {
            _required |= fields[i].Required ? 1UL << i : 0;
        }
    }

    public void Check(JsonElement json, BatchReview review)
    {
        var seen = 0UL;
        foreach (var property in json.EnumerateObject())
        {
            var index = IndexOf(property);
            if (index < 0)
            {
                _unknown(property, _prefix + Quote.Cut(property.Name), review);
                continue;
            }

            var field = _fields[index];
            if ((seen & (1UL << index)) == 0)
            {
                field.Rule(property.Value, field.Path, review);
            }
            else
            {
                review.Refuse(ProblemCode.DuplicateField, field.Path, "appears more than once.");
            }

            seen |= 1UL << index;
        }

        for (var missing = _required & ~seen; missing != 0; missing &= missing - 1)
        {
            review.Refuse(ProblemCode.MissingField, _fields[BitOperations.TrailingZeroCount(missing)].Path, "is required.");
        }
    }

    private int IndexOf(JsonProperty property)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(property);
        if (name.Contains((byte)'\\'))
        {
            return Array.FindIndex(_fields, f => f.Name == property.Name);
        }

        for (var i = 0; i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private void RefuseUnknown(JsonProperty property, string path, BatchReview review)
    {
        var meant = Array.Find(_fields, f => f.Name.Equals(property.Name, StringComparison.OrdinalIgnoreCase));
        var hint = meant is null ? "" : $" Names are case-sensitive; {meant.Name} is one.";
        review.Refuse(ProblemCode.UnknownField, path, "is not a field of Roku's events API." + hint);
    }
}
