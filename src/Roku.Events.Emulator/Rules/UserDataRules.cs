using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Roku.Events.Emulator;

// roku-api.md, "user_data". A message never quotes a value of it.
internal static class UserDataRules
{
    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static readonly Schema UserData = new(
        prefix: "user_data.",
        [
            new("user_data.is_hashed", ValueRules.Boolean, required: true),
            new("user_data.em", Identifier(Hashed())),
            new("user_data.ph", Identifier(Hashed())),
            new("user_data.fn", Hashed()),
            new("user_data.ln", Hashed()),
            new("user_data.db", Hashed(IsIsoDate, "must be yyyy-mm-dd before hashing.")),
            new("user_data.ge", Hashed(IsGender, "must be male, female or unknown before hashing.")),
            new("user_data.client_ip_address", Identifier(IpAddress)),
            new("user_data.client_user_agent", ValueRules.Text),
            new("user_data.ct", ValueRules.Text),
            new("user_data.st", ValueRules.Text),
            new("user_data.zp", ValueRules.Text),
            new("user_data.country", ValueRules.Text),
            new("user_data.external_id", ValueRules.Text),
            new("user_data.subscription_id", ValueRules.Text),
            new("user_data.aRI", Identifier(ValueRules.NonEmptyText)),
            new("user_data.aGA", Identifier(ValueRules.NonEmptyText)),
            new("user_data.AID", Identifier(ValueRules.NonEmptyText)),
            new("user_data.aID", SpelledByOneClient),
            new("user_data.aGI", Identifier(ValueRules.NonEmptyText)),
            new("user_data.aDX", Identifier(ValueRules.NonEmptyText)),
            new("user_data.aFC", ValueRules.Text),
            new("user_data.ga_session_id", ValueRules.Text),
            new("user_data.ga_client_id", ValueRules.Text),
            new("user_data.ga_gclid", ValueRules.Text),
            new("user_data.ga_measurement_ids", ValueRules.TextOrTextArray),
            new("user_data.us_privacy", ValueRules.Text),
        ]);

    // Vectors.md: the digest of the empty string must never be sent.
    private static ReadOnlySpan<byte> DigestOfNothing => "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"u8;

    private delegate bool PlainText(ReadOnlySpan<byte> text);

    public static void Check(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            review.Refuse(ProblemCode.WrongType, path, "must be an object.");
            return;
        }

        // The identifiers may come before it.
        review.IsHashed = value.TryGetProperty("is_hashed"u8, out var isHashed)
            ? isHashed.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
            : null;

        UserData.Check(value, review);

        if (!review.HasIdentifier)
        {
            review.Refuse(ProblemCode.MissingField, path, "needs at least one of: client_ip_address, em, ph, aGA, AID, aDX, aGI, aRI.");
        }
    }

    // An identifier that is there but wrong is one problem, not two.
    private static FieldRule Identifier(FieldRule rule) => (value, path, review) =>
    {
        review.HasIdentifier = true;
        rule(value, path, review);
    };

    // The reference spells AID, one client aID: it passes, but it is not on the reference's list of identifiers.
    private static void SpelledByOneClient(JsonElement value, string path, BatchReview review)
    {
        ValueRules.NonEmptyText(value, path, review);
        review.Warn(ProblemCode.UnknownField, path, "is spelled AID in Roku's reference.");
    }

    private static FieldRule Hashed(PlainText? isPlain = null, string? otherwise = null) => (value, path, review) =>
    {
        if (!ValueRules.IsText(value, path, review, out var text))
        {
            return;
        }

        var mistake = review.IsHashed switch
        {
            _ when text.IsEmpty => "must not be empty; leave it out.",
            _ when text.SequenceEqual(DigestOfNothing) => "is the SHA-256 of the empty string.",
            true => NotADigest(text),
            false when IsDigest(text) => "looks hashed while is_hashed is false; it would be hashed twice.",
            false when isPlain is not null && !isPlain(text) => otherwise,
            _ => null,
        };
        if (mistake is not null)
        {
            review.Refuse(ProblemCode.InvalidValue, path, mistake);
        }
    };

    private static bool IsDigest(ReadOnlySpan<byte> text) => text.Length == 64 && text.IndexOfAnyExcept(LowerHex) < 0;

    // A hash is 64 lower-case hexadecimal characters, never Base64, never with a suffix.
    private static string? NotADigest(ReadOnlySpan<byte> text)
    {
        if (IsDigest(text))
        {
            return null;
        }

        const string Rule = "must be a SHA-256 digest of 64 lower-case hexadecimal characters";
        return text switch
        {
            _ when text.Length == 64 && IsHexOfAnyCase(text) => $"{Rule}; it has upper-case letters.",
            _ when text.Length > 64 && IsHexOfAnyCase(text[..64]) => $"{Rule}; it has more after the digest.",
            _ when text.Length == 44 && text[^1] == '=' => $"{Rule}; it looks like Base64.",
            _ when text.Contains((byte)'@') => $"{Rule}; it looks like plain text.",
            _ => $"{Rule}, since is_hashed is true.",
        };
    }

    private static bool IsHexOfAnyCase(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(Hex) < 0;

    private static bool IsIsoDate(ReadOnlySpan<byte> text) =>
        DateOnly.TryParseExact(Encoding.UTF8.GetString(text), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsGender(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("male"u8) || text.SequenceEqual("female"u8) || text.SequenceEqual("unknown"u8);

    private static void IpAddress(JsonElement value, string path, BatchReview review)
    {
        if (ValueRules.IsText(value, path, review, out var text) && !IsIpAddress(Encoding.UTF8.GetString(text)))
        {
            review.Refuse(ProblemCode.InvalidValue, path, "must be an IPv4 or IPv6 address.");
        }
    }

    // IPAddress takes shorthands ("1", "0x7f.1", "[::1]", a zone) that are no address of a browser.
    private static bool IsIpAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily is AddressFamily.InterNetwork ? address.ToString() == text : text.AsSpan().IndexOfAny("[]%/") < 0);
}
