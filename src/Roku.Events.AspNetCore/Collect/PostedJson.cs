using System.Text.Json;

namespace Roku.Events;

internal static class PostedJson
{
    public const string NotText = "must be a text";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    // Null when it is no JSON object, or not well-formed text, over which a document throws, now or when that text is read.
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var document = IsText(body.Span) ? JsonDocument.Parse(body, Strict) : null;
            if (document is null or { RootElement.ValueKind: JsonValueKind.Object })
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
