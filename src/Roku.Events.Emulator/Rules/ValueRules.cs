using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Roku.Events.Emulator;

// Rules for single values that several objects share. None of them quotes the value: it may be one of user_data.
internal static class ValueRules
{
    public static void Text(JsonElement value, string path, BatchReview review) => IsText(value, path, review, out _);

    public static void NonEmptyText(JsonElement value, string path, BatchReview review)
    {
        if (IsText(value, path, review, out var text) && text.IsEmpty)
        {
            review.Refuse(ProblemCode.InvalidValue, path, "must not be empty.");
        }
    }

    public static void TextArray(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind is not JsonValueKind.String))
        {
            review.Refuse(ProblemCode.WrongType, path, "must be an array of strings.");
        }
    }

    public static void TextOrTextArray(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.String
            && (value.ValueKind is not JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind is not JsonValueKind.String)))
        {
            review.Refuse(ProblemCode.WrongType, path, "must be a string or an array of strings.");
        }
    }

    public static void Number(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.Number)
        {
            review.Refuse(ProblemCode.WrongType, path, "must be a number.");
        }
    }

    public static void Integer(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.Number || !value.TryGetInt64(out _))
        {
            review.Refuse(ProblemCode.WrongType, path, "must be an integer.");
        }
    }

    public static void Boolean(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            review.Refuse(ProblemCode.WrongType, path, "must be true or false.");
        }
    }

    public static FieldRule OneOf(string[] words)
    {
        var known = new Utf8Words(words);
        return (value, path, review) =>
        {
            if (IsText(value, path, review, out var text) && !known.Contains(text))
            {
                review.Refuse(ProblemCode.InvalidValue, path, $"must be one of: {known.Listed}.");
            }
        };
    }

    // The text as UTF-8 without its quotes; only an escaped text is copied.
    public static bool IsText(JsonElement value, string path, BatchReview review, out ReadOnlySpan<byte> text)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            review.Refuse(ProblemCode.WrongType, path, "must be a string.");
            text = default;
            return false;
        }

        text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (text.Contains((byte)'\\'))
        {
            text = Encoding.UTF8.GetBytes(value.GetString()!);
        }

        return true;
    }
}
