using System.Text;
using System.Text.Json;

namespace Roku.Events.Emulator;

// roku-api.md, "custom_data".
internal static class CustomDataRules
{
    private static readonly FieldRule DeliveryCategory = ValueRules.OneOf(["in_store", "curbside", "home_delivery"]);

    private static readonly Schema CustomData = new(
        prefix: "custom_data.",
        [
            new("custom_data.value", ValueRules.Number),
            new("custom_data.currency", Currency),
            new("custom_data.order_id", ValueRules.Text),
            new("custom_data.num_items", ValueRules.Integer),
            new("custom_data.content_category", ValueRules.Text),
            new("custom_data.content_name", ValueRules.Text),
            new("custom_data.content_ids", ValueRules.TextArray),
            new("custom_data.content_type", ValueRules.OneOf(["product", "product_group"])),
            new("custom_data.contents", Contents),
            new("custom_data.predicted_ltv", ValueRules.Number),
            new("custom_data.search_string", ValueRules.Text),
            new("custom_data.status", ValueRules.Text),
            new("custom_data.purchase_type", ValueRules.OneOf(["first_time_purchase", "repeat_purchase"])),
            new("custom_data.delivery_category", DeliveryCategory),
            new("custom_data.utm_source", ValueRules.Text),
            new("custom_data.utm_medium", ValueRules.Text),
            new("custom_data.utm_campaign", ValueRules.Text),
            new("custom_data.utm_term", ValueRules.Text),
            new("custom_data.utm_content", ValueRules.Text),
        ],
        AcceptUnknown);

    // The row on products: Roku does not publish the shape, so this is the one this library chose to send.
    private static readonly Schema Product = new(
        prefix: "custom_data.contents[].",
        [
            new("custom_data.contents[].id", ValueRules.NonEmptyText, required: true),
            new("custom_data.contents[].quantity", ValueRules.Integer),
            new("custom_data.contents[].item_price", ValueRules.Number),
            new("custom_data.contents[].delivery_category", DeliveryCategory),
        ]);

    public static void Check(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            review.Refuse(ProblemCode.WrongType, path, "must be an object.");
            return;
        }

        review.ForgetUnknownKeys();
        CustomData.Check(value, review);
    }

    private static void Currency(JsonElement value, string path, BatchReview review)
    {
        if (!ValueRules.IsText(value, path, review, out var text) || CurrencyCodes.IsActive(text))
        {
            return;
        }

        var quoted = Quote.Cut(Encoding.UTF8.GetString(text));
        var upper = quoted.ToUpperInvariant();
        review.Refuse(
            ProblemCode.InvalidValue,
            path,
            CurrencyCodes.IsActive(Encoding.UTF8.GetBytes(upper))
                ? $"'{quoted}' must be upper-case ISO 4217 ('{upper}')."
                : $"'{quoted}' is not an active currency code of ISO 4217.");
    }

    private static void Contents(JsonElement value, string path, BatchReview review)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            review.Refuse(ProblemCode.WrongType, path, "must be an array of objects.");
            return;
        }

        review.Entry = 0;
        foreach (var product in value.EnumerateArray())
        {
            if (product.ValueKind is JsonValueKind.Object)
            {
                Product.Check(product, review);
            }
            else
            {
                review.Refuse(ProblemCode.WrongType, "custom_data.contents[]", "must be an object.");
            }

            review.Entry++;
        }
    }

    // The row "anything else": nobody knows what this API does with it, so it passes with a warning.
    private static void AcceptUnknown(JsonProperty property, string path, BatchReview review)
    {
        if (!review.IsNewUnknownKey(property.Name))
        {
            review.Refuse(ProblemCode.DuplicateField, path, "appears more than once.");
        }
        else if (IsScalar(property.Value) || (property.Value.ValueKind is JsonValueKind.Array && property.Value.EnumerateArray().All(IsScalar)))
        {
            review.Warn(
                ProblemCode.UnknownField,
                path,
                "is not a documented key; on the browser pixel an unknown key that holds a number made Roku drop the whole custom_data.");
        }
        else
        {
            review.Refuse(ProblemCode.WrongType, path, "is not a documented key and must be a string, number, boolean or array of these.");
        }
    }

    private static bool IsScalar(JsonElement value) =>
        value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
}
