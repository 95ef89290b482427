using System.Text.Json;

namespace Roku.Events.Emulator;

// How well an event can be matched to a household. Roku does not publish how it weighs identifiers: this is our own reading, and the
// page says so.
internal static class MatchStrength
{
    // The bit of each in a row of the feed is its place here.
    public static readonly string[] Identifiers =
    [
        "em", "ph", "aRI",
        "aGA", "AID", "aGI", "aDX", "aFC", "external_id", "subscription_id",
        "fn", "ln", "db", "ge", "ct", "st", "zp", "country", "client_ip_address", "client_user_agent",
        "ga_session_id", "ga_client_id", "ga_gclid", "ga_measurement_ids",
    ];

    private const int Strong = 0b111;
    private const int Medium = 0b11_1111_1000;

    // 3 strong, 2 medium, 1 weak, 0 none.
    public static int Of(int bits) => bits switch
    {
        0 => 0,
        _ when (bits & Strong) != 0 => 3,
        _ when (bits & Medium) != 0 => 2,
        _ => 1,
    };

    public static int Bits(JsonElement received)
    {
        var bits = 0;
        if (received.TryGetProperty("user_data"u8, out var user) && user.ValueKind is JsonValueKind.Object)
        {
            foreach (var member in user.EnumerateObject())
            {
                // One client spells AID so.
                var index = member.NameEquals("aID"u8) ? 4 : Array.FindIndex(Identifiers, member.NameEquals);
                bits |= index < 0 || IsEmpty(member.Value) ? 0 : 1 << index;
            }
        }

        return bits;
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.ValueEquals(""u8),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => true,
    };
}
