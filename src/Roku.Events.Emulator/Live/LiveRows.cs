using System.Text.Json;

namespace Roku.Events.Emulator;

// One message of the feed. Rows are arrays, since a page gets a hundred thousand of them; live.js names their places.
internal static class LiveRows
{
    public static void Write(Utf8JsonWriter writer, LiveSlice slice, LiveAbout about, string fault)
    {
        writer.WriteStartObject();
        if (slice.IsReset)
        {
            about.Write(writer);
        }

        WriteTotals(writer, slice);
        writer.WriteString("fault"u8, fault);
        writer.WriteNumber("forgotten"u8, slice.Forgotten);
        writer.WriteBoolean("more"u8, slice.HasMore);
        WriteRows(writer, "requests", slice.Requests, slice.FirstRequest, Write);
        WriteRows(writer, "events", slice.Events, slice.FirstEvent, Write);
        if (slice.Figures is { } figures)
        {
            writer.WritePropertyName("figures"u8);
            writer.WriteRawValue(figures, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter writer, LiveSlice slice)
    {
        writer.WriteStartObject("totals"u8);
        writer.WriteNumber("requests"u8, slice.Totals.Requests);
        writer.WriteNumber("events"u8, slice.Totals.Accepted);
        writer.WriteNumber("duplicates"u8, slice.Totals.Duplicated);
        writer.WriteNumber("refused"u8, slice.Totals.Rejected);
        writer.WriteEndObject();
    }

    private static void WriteRows<T>(Utf8JsonWriter writer, string name, T[] rows, long number, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray(name);
        foreach (var row in rows)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(number++);
            write(writer, row);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ReceivedEvent received)
    {
        var json = received.Json;
        var data = Member(json, "custom_data"u8);
        var bits = MatchStrength.Bits(json);
        writer.WriteNumberValue(received.ReceivedAt.ToUnixTimeMilliseconds());
        writer.WriteNumberValue(received.Time.ToUnixTimeSeconds());
        writer.WriteStringValue(Quote.Cut(received.Name));
        writer.WriteStringValue(received.IsFromPixel ? "pixel" : Text(json, "event_source"u8));
        writer.WriteStringValue(Quote.Cut(received.Id ?? ""));
        writer.WriteStringValue(Text(data, "order_id"u8));
        WriteNumber(writer, data);
        writer.WriteStringValue(Text(data, "currency"u8));
        writer.WriteNumberValue(bits);
        writer.WriteNumberValue(MatchStrength.Of(bits));
        writer.WriteNumberValue((received.IsDuplicate ? 1 : 0) | (received.IsFromPixel ? 2 : 0) | (received.Warnings.Count > 0 ? 4 : 0));
    }

    private static void Write(Utf8JsonWriter writer, ReceivedRequest request)
    {
        writer.WriteNumberValue(request.ReceivedAt.ToUnixTimeMilliseconds());
        writer.WriteStringValue($"{request.Method} {Quote.Cut(request.Path)}");
        writer.WriteNumberValue((int)request.Status);
        writer.WriteNumberValue(request.EventCount);
        writer.WriteNumberValue(request.Bytes);
        writer.WriteStringValue(Quote.Cut(request.EventGroupId ?? ""));
        writer.WriteStringValue(request.Fault);
        writer.WriteNumberValue(request.Warnings.Count);
        writer.WriteStartArray();
        foreach (var problem in request.Problems)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(problem.EventIndex ?? -1);
            writer.WriteStringValue(Quote.Cut(problem.EventId ?? ""));
            writer.WriteStringValue(problem.EventName);
            writer.WriteStringValue(problem.Code);
            writer.WriteStringValue(problem.Field);
            writer.WriteStringValue(problem.Message);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static JsonElement Member(JsonElement json, ReadOnlySpan<byte> name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    private static string Text(JsonElement json, ReadOnlySpan<byte> name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? Quote.Cut(text.GetString()!) : "";

    private static void WriteNumber(Utf8JsonWriter writer, JsonElement data)
    {
        if (Member(data, "value"u8) is { ValueKind: JsonValueKind.Number } value)
        {
            value.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
