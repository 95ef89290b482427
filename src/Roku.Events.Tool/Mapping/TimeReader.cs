using System.Globalization;

namespace Roku.Events.Tool.Mapping;

// Reads times as seconds since 1970. What may mean two days, such as 01/02/2026, is refused unless a format is given.
internal sealed class TimeReader
{
    private static readonly string[] Iso =
    [
        .. from date in (string[])["yyyy-MM-dd", "yyyyMMdd"]
           from time in (string[])["", "THH:mm", "THH:mm:ss", "THH:mm:ss.FFFFFFF", " HH:mm", " HH:mm:ss", " HH:mm:ss.FFFFFFF"]
           from zone in time.Length == 0 ? (string[])[""] : ["", "K", " K", "zz", " zz"]
           select date + time.Replace("T", "'T'", StringComparison.Ordinal) + zone,
    ];

    private readonly TimeZoneInfo _zone;
    private readonly string? _format;

    public TimeReader(string? zone, string? format)
    {
        _format = format;
        try
        {
            _zone = zone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(zone);
        }
        catch (Exception exception) when (exception is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new ToolException($"'{zone}' is no time zone that this machine knows. Use a name such as Europe/London or America/New_York.");
        }
    }

    public string Zone => _zone.Id;

    // Seconds, or what is wrong: one of both.
    public (long? Seconds, Problem? Problem) Read(string text)
    {
        text = text.Trim();
        if (_format is null && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && text.Length != 8)
        {
            return (seconds, null);
        }

        if (!DateTime.TryParseExact(text, _format is null ? Iso : [_format], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out var time))
        {
            return (null, _format is null
                ? new(Field.Paths.Time, "is neither ISO 8601 nor seconds since 1970", "write it so, or name its form with --time-format, such as dd/MM/yyyy HH:mm")
                : new(Field.Paths.Time, $"does not have the form {_format}", "write it so, or name another form with --time-format"));
        }

        if (time.Kind == DateTimeKind.Unspecified && _zone.IsInvalidTime(time))
        {
            return (null, new(Field.Paths.Time, $"does not exist in {_zone.Id}, where clocks were put forward", "write it with its offset, or name the right --time-zone"));
        }

        var utc = time.Kind == DateTimeKind.Unspecified ? TimeZoneInfo.ConvertTimeToUtc(time, _zone) : time;
        return (new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeSeconds(), null);
    }
}
