using System.Text.Json;
using System.Text.Unicode;

namespace Roku.Events.Emulator;

internal static class JsonText
{
    // The document, or why there is none.
    public static (JsonDocument? Document, RequestProblem? Problem) Read(ReadOnlyMemory<byte> body)
    {
        // JsonDocument checks neither: it would throw later, when the text is read.
        if (!Utf8.IsValid(body.Span) || HasLoneSurrogate(body.Span))
        {
            return (null, new(ProblemCode.InvalidJson, field: null, "The body is not well-formed Unicode text."));
        }

        try
        {
            return (JsonDocument.Parse(body), null);
        }
        catch (JsonException e)
        {
            // The exception's own message may quote the body.
            return (null, new(ProblemCode.InvalidJson, field: null, $"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."));
        }
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\ud"u8) < 0 && body.IndexOf("\\uD"u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    _ = reader.GetString();
                }
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
