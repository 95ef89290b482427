using System.Text.Json;
using System.Text.Json.Serialization;

namespace Roku.Events.Tool.Mapping;

// What the person said about the columns: a mapping file, options, or both, of which the options win.
internal sealed class MappingSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    // Path of a field, or its last part → expression.
    public Dictionary<string, string> Fields { get; init; } = [];

    // "Column=pattern" or "Column!=pattern": rows that are not sent.
    public List<string> Skip { get; init; } = [];

    // The column, or text with columns, that rows of one event share.
    public string? GroupBy { get; set; }

    // The zone of times that name none, such as Europe/London; UTC when null.
    public string? TimeZone { get; set; }

    // Of times that are neither ISO 8601 nor seconds, such as dd/MM/yyyy HH:mm.
    public string? TimeFormat { get; set; }

    // Whether columns that nobody spoke of may be guessed by their names.
    [JsonIgnore]
    public bool MayGuess { get; private set; } = true;

    public static MappingSettings Read(string? path)
    {
        if (path is null)
        {
            return new MappingSettings();
        }

        try
        {
            var settings = JsonSerializer.Deserialize<MappingSettings>(File.ReadAllBytes(path), Json) ?? throw new JsonException("It holds null.");
            settings.MayGuess = false;
            return settings;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ToolException($"The mapping {path} cannot be read: {exception.Message} It holds an object with \"fields\", and perhaps \"skip\", \"group_by\", \"time_zone\" and \"time_format\".");
        }
    }

    // "field=expression"
    public void Map(string text)
    {
        var cut = text.IndexOf('=', StringComparison.Ordinal);
        if (cut <= 0)
        {
            throw new ToolException($"--map {text} is no mapping. Write field=Column, field==constant, or field=\"text with {{Column}}\".");
        }

        var field = Field.Named(text[..cut].Trim());
        foreach (var told in Fields.Keys.Where(key => Field.Named(key) == field).ToList())
        {
            Fields.Remove(told);
        }

        Fields[field.Path] = text[(cut + 1)..];
    }
}
