using System.Text.Json;

namespace Roku.Events.Emulator;

// What stays the same while a page is open. It tells whether a certain key is expected, never which.
internal sealed class LiveAbout(RokuEmulatorOptions options)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("about"u8);
        writer.WriteBoolean("anyKey"u8, options.ApiKey is null);
        writer.WriteString("group"u8, options.EventGroupId);
        writer.WriteNumber("maxEvents"u8, EventsEndpoint.MaxEvents);
        writer.WriteNumber("maxBytes"u8, EventsEndpoint.MaxBytes);
        writer.WriteStartArray("identifiers"u8);
        foreach (var identifier in MatchStrength.Identifiers)
        {
            writer.WriteStringValue(identifier);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
