using System.Globalization;

namespace Roku.Events.Tool.Mapping;

internal static class Numbers
{
    // "1,234.50" has its commas where thousands end; "12,50" is refused rather than read as 1250.
    public static bool TryRead(string? text, out decimal number) =>
        decimal.TryParse(text, HasThousands(text) ? NumberStyles.Number : NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static bool HasThousands(string? text)
    {
        var groups = text?.Split('.')[0].Split(',') ?? [];
        return groups.Length > 1 && groups[0].Trim().TrimStart('-', '+').Length is >= 1 and <= 3 && groups.Skip(1).All(group => group.Trim().Length == 3);
    }
}
