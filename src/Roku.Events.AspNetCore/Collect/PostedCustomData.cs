using System.Text.Json;

namespace Roku.Events;

// Each field of custom_data that a page can post: puts it into the event, or says which rule the value breaks.
internal static class PostedCustomData
{
    private const string Products = "must be an array of products: objects with a text id and, if known, a whole quantity, a number as item_price and a delivery_category";

    private static readonly Dictionary<string, Func<CustomDataBuilder, JsonElement, string?>> Setters = new(StringComparer.Ordinal)
    {
        // Written with value, which means nothing without it.
        ["currency"] = static (_, currency) => IsCurrency(currency) ? null : "must be a text of three capital letters, such as USD",
        ["order_id"] = Text(static (data, text) => data.OrderId(text)),
        ["num_items"] = static (data, number) => Whole(number) is { } items ? Done(data.NumItems(items)) : "must be a whole number",
        ["content_category"] = Text(static (data, text) => data.ContentCategory(text)),
        ["content_name"] = Text(static (data, text) => data.ContentName(text)),
        ["content_ids"] = static (data, ids) => Texts(ids) is { } texts ? Done(data.ContentIds(texts)) : "must be an array of texts",
        ["content_type"] = static (data, text) => PostedJson.Text(text) switch
        {
            "product" => Done(data.ContentType(ContentType.Product)),
            "product_group" => Done(data.ContentType(ContentType.ProductGroup)),
            _ => "must be product or product_group",
        },
        ["contents"] = static (data, products) => products.ValueKind == JsonValueKind.Array && products.EnumerateArray().All(product => AddProduct(data, product)) ? null : Products,
        ["predicted_ltv"] = static (data, number) => Number(number) is { } ltv ? Done(data.PredictedLtv(ltv)) : "must be a number",
        ["search_string"] = Text(static (data, text) => data.SearchString(text)),
        ["status"] = Text(static (data, text) => data.Status(text)),
        ["purchase_type"] = static (data, text) => PostedJson.Text(text) switch
        {
            "first_time_purchase" => Done(data.PurchaseType(PurchaseType.FirstTime)),
            "repeat_purchase" => Done(data.PurchaseType(PurchaseType.Repeat)),
            _ => "must be first_time_purchase or repeat_purchase",
        },
        ["delivery_category"] = static (data, text) => Delivery(text) is { } delivery ? Done(data.DeliveryCategory(delivery)) : "must be in_store, curbside or home_delivery",
        ["utm_source"] = Text(static (data, text) => data.UtmSource(text)),
        ["utm_medium"] = Text(static (data, text) => data.UtmMedium(text)),
        ["utm_campaign"] = Text(static (data, text) => data.UtmCampaign(text)),
        ["utm_term"] = Text(static (data, text) => data.UtmTerm(text)),
        ["utm_content"] = Text(static (data, text) => data.UtmContent(text)),
        ["value"] = static (data, number) => Number(number) is null ? "must be a number, such as 129.99" : null,
    };

    public static IEnumerable<string> Fields => Setters.Keys;

    public static string? Set(RokuEventBuilder rokuEvent, string field, JsonElement value)
    {
        string? problem = null;
        rokuEvent.WithCustomData(data => problem = Setters[field](data, value));
        return problem;
    }

    // Two fields of the JSON, one of the event.
    public static string? SetMoney(RokuEventBuilder rokuEvent, JsonElement customData)
    {
        var hasValue = customData.TryGetProperty("value"u8, out var value);
        var hasCurrency = customData.TryGetProperty("currency"u8, out var currency);
        if (hasValue != hasCurrency)
        {
            return "value and currency must come together; give both or none";
        }

        if (hasValue && Number(value) is { } amount && IsCurrency(currency))
        {
            rokuEvent.WithCustomData(data => data.Value(amount, currency.GetString()!));
        }

        return null;
    }

    private static Func<CustomDataBuilder, JsonElement, string?> Text(Func<CustomDataBuilder, string, CustomDataBuilder> set) =>
        (data, value) => PostedJson.Text(value) is { } text ? Done(set(data, text)) : PostedJson.NotText;

    private static bool IsCurrency(JsonElement value) => PostedJson.Text(value) is { Length: 3 } text && text.All(char.IsAsciiLetterUpper);

    private static bool AddProduct(CustomDataBuilder data, JsonElement product)
    {
        if (product.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        string? id = null;
        var quantity = 1;
        decimal? price = null;
        DeliveryCategory? delivery = null;
        foreach (var field in product.EnumerateObject())
        {
            var isRight = field.Name switch
            {
                "id" => (id = PostedJson.Text(field.Value)) is not null,
                "quantity" => field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out quantity),
                "item_price" => (price = Number(field.Value)) is not null,
                "delivery_category" => (delivery = Delivery(field.Value)) is not null,
                _ => false,
            };
            if (!isRight)
            {
                return false;
            }
        }

        return id is not null && Done(data.Product(id, quantity, price, delivery)) is null;
    }

    private static DeliveryCategory? Delivery(JsonElement value) => PostedJson.Text(value) switch
    {
        "in_store" => DeliveryCategory.InStore,
        "curbside" => DeliveryCategory.Curbside,
        "home_delivery" => DeliveryCategory.HomeDelivery,
        _ => null,
    };

    private static int? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static decimal? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : null;

    private static string[]? Texts(JsonElement values) =>
        values.ValueKind == JsonValueKind.Array && values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String)
            ? [.. values.EnumerateArray().Select(value => value.GetString()!)]
            : null;

    // No problem: what else may be wrong, the event says when it is built.
    private static string? Done(CustomDataBuilder data)
    {
        _ = data;
        return null;
    }
}
