using System.IO.Enumeration;

namespace Roku.Events.Tool.Mapping;

// Which rows are not sent: those whose column has, or does not have, a value of a pattern with * and ?.
internal sealed class SkipRule
{
    private readonly bool _isNegated;
    private readonly string _pattern;

    private SkipRule(string column, bool isNegated, string pattern)
    {
        Column = column;
        _isNegated = isNegated;

        // A backslash escapes in patterns; values have it as itself.
        _pattern = pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
    }

    public string Column { get; }

    public static SkipRule Parse(string text)
    {
        var cut = text.IndexOf('=', StringComparison.Ordinal);
        var isNegated = cut > 0 && text[cut - 1] == '!';
        var column = cut < 0 ? "" : text[..(isNegated ? cut - 1 : cut)].Trim();
        return column.Length > 0
            ? new SkipRule(column, isNegated, text[(cut + 1)..])
            : throw new ToolException($"'{text}' says no rows to skip. Write Column=value, Column!=value, with * for any text and nothing for an empty value.");
    }

    public bool Matches(string? value)
    {
        var isMatch = _pattern.Length == 0 ? value is null : FileSystemName.MatchesSimpleExpression(_pattern, value ?? "", ignoreCase: false);
        return isMatch != _isNegated;
    }
}
