using System.Text.Json;

namespace Roku.Events.Emulator;

// Not Roku's wire: what the emulator's own stand-in for the browser pixel takes. Only the names are the pixel's.
internal static class PixelRules
{
    private static readonly Schema Pixel = new(
        prefix: "",
        [
            new("event_group_id", ValueRules.NonEmptyText, required: true),
            new("event_name", EventRules.Name, required: true),
            new("event_id", ValueRules.NonEmptyText),
            new("event_source_URL", ValueRules.Text),
            new("custom_data", CustomDataRules.Check),
        ],
        RefuseUnknown);

    public static void Check(JsonElement json, BatchReview review)
    {
        review.Begin(0, json);
        if (json.ValueKind is JsonValueKind.Object)
        {
            Pixel.Check(json, review);
        }
        else
        {
            review.Refuse(ProblemCode.WrongType, "body", "must be an object.");
        }
    }

    private static void RefuseUnknown(JsonProperty property, string path, BatchReview review) => review.Refuse(
        ProblemCode.UnknownField,
        path,
        "is not a field of the pixel's stand-in; there are event_group_id, event_name, event_id, event_source_URL and custom_data.");
}
