using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Roku.Events.Emulator;

// roku-api.md, "event".
internal static class EventRules
{
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    private static readonly Utf8Words KnownNames = new(
    [
        "PURCHASE", "PAGE_VIEW", "VIEW_CONTENT", "ADD_TO_CART", "INITIATE_CHECKOUT", "LEAD", "SIGN_UP", "AD_VIEW",
        "ADD_PAYMENT_INFO", "ADD_TO_WISHLIST", "APP_INSTALL", "COMPLETE_REGISTRATION", "CONTACT", "CUSTOMIZE_PRODUCT",
        "DONATE", "DOWNLOAD", "FIND_LOCATION", "SCHEDULE", "SEARCH", "START_TRIAL", "SUBMIT_APPLICATION", "SUBSCRIBE",
        "SUBSCRIPTION_CANCELLATION", "SUBSCRIPTION_RENEWAL", "UNLOCK_ACHIEVEMENT", "ACHIEVE_LEVEL", "FIRST_VIDEO_VIEW",
        "QSS", "SESSION_START",
    ]);

    private static readonly Schema Event = new(
        prefix: "",
        [
            new("event_name", Name, required: true),
            // Required by Roku's reference, with one known value.
            new("event_type", ValueRules.OneOf(["conversion"]), required: true),
            new("event_time", EpochSeconds, required: true),
            // One connector requires it, others do not: lenient.
            new("event_source", ValueRules.OneOf(
                ["website", "mobile_app", "ctv_app", "physical_store", "chat", "email", "phone_call", "roku", "system-generated", "other"])),
            // Optional, but an empty one cannot deduplicate anything.
            new("event_id", ValueRules.NonEmptyText),
            new("event_source_url", ValueRules.Text),
            new("referrer_url", ValueRules.Text),
            new("opt_out", OptOut),
            new("user_data", UserDataRules.Check, required: true),
            new("custom_data", CustomDataRules.Check),
        ]);

    public static void Check(JsonElement json, BatchReview review)
    {
        if (json.ValueKind is JsonValueKind.Object)
        {
            Event.Check(json, review);
        }
        else
        {
            review.Refuse(ProblemCode.WrongType, "events[]", "must be an object.");
        }
    }

    // Upper-case and case-sensitive; a name of the right shape that is not listed is allowed, since Roku adds names.
    public static void Name(JsonElement value, string path, BatchReview review)
    {
        if (!ValueRules.IsText(value, path, review, out var text) || KnownNames.Contains(text))
        {
            return;
        }

        var quoted = Quote.Cut(Encoding.UTF8.GetString(text));
        if (!HasShapeOfName(text))
        {
            var upper = quoted.ToUpperInvariant();
            var hint = HasShapeOfName(Encoding.UTF8.GetBytes(upper)) ? $" ('{upper}')" : "";
            review.Refuse(ProblemCode.InvalidValue, path, $"'{quoted}' must be upper-case letters, digits and underscores, starting with a letter{hint}.");
        }
        else
        {
            review.Warn(ProblemCode.UnknownValue, path, $"'{quoted}' is not among the names Roku is known to use.");
        }
    }

    private static bool HasShapeOfName(ReadOnlySpan<byte> text) =>
        text is [>= (byte)'A' and <= (byte)'Z', ..] && text.IndexOfAnyExcept(NameBytes) < 0;

    // UNIX epoch seconds; milliseconds are the classic mistake; more than 1 hour in the future is refused.
    private static void EpochSeconds(JsonElement value, string path, BatchReview review)
    {
        const long FirstMillisecondsInDoubt = 100_000_000_000;

        if (value.ValueKind is not JsonValueKind.Number || !value.TryGetInt64(out var seconds))
        {
            review.Refuse(ProblemCode.WrongType, path, "must be an integer: seconds since 1970.");
        }
        else if (seconds <= 0)
        {
            review.Refuse(ProblemCode.InvalidValue, path, $"{seconds} must be greater than 0: seconds since 1970.");
        }
        else if (seconds >= FirstMillisecondsInDoubt)
        {
            review.Refuse(ProblemCode.InvalidValue, path, $"{seconds} looks like milliseconds; Roku takes seconds since 1970 ({seconds / 1000}).");
        }
        else if (seconds > review.ReceivedAt.ToUnixTimeSeconds() + 3600)
        {
            review.Refuse(ProblemCode.InvalidValue, path, $"{seconds} is more than 1 hour in the future.");
        }
    }

    // The string "true" raises the Limited Data Use flag.
    private static void OptOut(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.String || !(value.ValueEquals("true"u8) || value.ValueEquals("false"u8)))
        {
            review.Refuse(
                value.ValueKind is JsonValueKind.String ? ProblemCode.InvalidValue : ProblemCode.WrongType,
                path,
                "must be the string \"true\" or \"false\", not a JSON boolean.");
        }
    }
}
