using System.Text.Json;

namespace Roku.Events.Emulator;

// Writes an event with its hashed identifiers cut to a hint, or hidden if they are plain text: a page is easily shown to others.
internal static class HashMask
{
    public static void Write(Utf8JsonWriter writer, JsonElement received, bool isFull)
    {
        if (isFull || received.ValueKind is not JsonValueKind.Object)
        {
            received.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in received.EnumerateObject())
        {
            if (member.NameEquals("user_data"u8) && member.Value.ValueKind is JsonValueKind.Object)
            {
                WriteUser(writer, member.Value);
            }
            else
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteUser(Utf8JsonWriter writer, JsonElement user)
    {
        writer.WriteStartObject("user_data"u8);
        foreach (var member in user.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.String && member.Name is "em" or "ph" or "fn" or "ln" or "db" or "ge")
            {
                var text = member.Value.GetString()!;
                writer.WriteString(member.Name, text.Length == 64 ? $"{text[..4]}…{text[^2..]}" : "…");
            }
            else
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }
}
