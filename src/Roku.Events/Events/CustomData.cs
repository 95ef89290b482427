using System.Text.Json;

namespace Roku.Events;

// custom_data as it is sent.
internal sealed class CustomData
{
    public decimal? Value;
    public string? Currency;
    public string? OrderId;
    public int? NumItems;
    public string? ContentCategory;
    public string? ContentName;
    public string[]? ContentIds;
    public ContentType? ContentType;
    public List<Product>? Products;
    public decimal? PredictedLtv;
    public string? SearchString;
    public string? Status;
    public PurchaseType? PurchaseType;
    public DeliveryCategory? DeliveryCategory;
    public string? UtmSource;
    public string? UtmMedium;
    public string? UtmCampaign;
    public string? UtmTerm;
    public string? UtmContent;
    public List<KeyValuePair<string, JsonElement>>? Extras;

    public static bool IsKnown(string name) => name is
        "value" or "currency" or "order_id" or "num_items" or "content_category" or "content_name" or "content_ids" or "content_type"
        or "contents" or "predicted_ltv" or "search_string" or "status" or "purchase_type" or "delivery_category"
        or "utm_source" or "utm_medium" or "utm_campaign" or "utm_term" or "utm_content";

    public CustomData Copy()
    {
        var copy = (CustomData)MemberwiseClone();
        copy.Products = Products is null ? null : [.. Products];
        copy.Extras = Extras is null ? null : [.. Extras];
        return copy;
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject(Names.CustomData);
        Write(writer, Names.Value, Value);
        Write(writer, Names.Currency, Currency);
        Write(writer, Names.OrderId, OrderId);
        if (NumItems is { } items)
        {
            writer.WriteNumber(Names.NumItems, items);
        }

        Write(writer, Names.ContentCategory, ContentCategory);
        Write(writer, Names.ContentName, ContentName);
        WriteContentIds(writer);
        Write(writer, Names.ContentType, ContentType switch
        {
            Events.ContentType.Product => "product",
            Events.ContentType.ProductGroup => "product_group",
            _ => null,
        });
        WriteProducts(writer);
        Write(writer, Names.PredictedLtv, PredictedLtv);
        Write(writer, Names.SearchString, SearchString);
        Write(writer, Names.Status, Status);
        Write(writer, Names.PurchaseType, PurchaseType switch
        {
            Events.PurchaseType.FirstTime => "first_time_purchase",
            Events.PurchaseType.Repeat => "repeat_purchase",
            _ => null,
        });
        Write(writer, Names.DeliveryCategory, Text(DeliveryCategory));
        Write(writer, Names.UtmSource, UtmSource);
        Write(writer, Names.UtmMedium, UtmMedium);
        Write(writer, Names.UtmCampaign, UtmCampaign);
        Write(writer, Names.UtmTerm, UtmTerm);
        Write(writer, Names.UtmContent, UtmContent);
        WriteExtras(writer);
        writer.WriteEndObject();
    }

    private void WriteExtras(Utf8JsonWriter writer)
    {
        if (Extras is null)
        {
            return;
        }

        foreach (var (name, value) in Extras)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private void WriteContentIds(Utf8JsonWriter writer)
    {
        if (ContentIds is null)
        {
            return;
        }

        writer.WriteStartArray(Names.ContentIds);
        foreach (var id in ContentIds)
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
    }

    // The one place that decides the JSON of products: Roku does not publish it, and everything else here mirrors
    // Meta's schema, so this does too.
    private void WriteProducts(Utf8JsonWriter writer)
    {
        if (Products is not { Count: > 0 })
        {
            return;
        }

        writer.WriteStartArray(Names.Contents);
        foreach (var product in Products)
        {
            writer.WriteStartObject();
            writer.WriteString(Names.Id, product.Id);
            writer.WriteNumber(Names.Quantity, product.Quantity);
            Write(writer, Names.ItemPrice, product.Price);
            Write(writer, Names.DeliveryCategory, Text(product.DeliveryCategory));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string? Text(DeliveryCategory? category) => category switch
    {
        Events.DeliveryCategory.InStore => "in_store",
        Events.DeliveryCategory.Curbside => "curbside",
        Events.DeliveryCategory.HomeDelivery => "home_delivery",
        _ => null,
    };

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, decimal? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    internal readonly record struct Product(string Id, int Quantity, decimal? Price, DeliveryCategory? DeliveryCategory);

    private static class Names
    {
        public static readonly JsonEncodedText CustomData = JsonEncodedText.Encode("custom_data");
        public static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
        public static readonly JsonEncodedText Currency = JsonEncodedText.Encode("currency");
        public static readonly JsonEncodedText OrderId = JsonEncodedText.Encode("order_id");
        public static readonly JsonEncodedText NumItems = JsonEncodedText.Encode("num_items");
        public static readonly JsonEncodedText ContentCategory = JsonEncodedText.Encode("content_category");
        public static readonly JsonEncodedText ContentName = JsonEncodedText.Encode("content_name");
        public static readonly JsonEncodedText ContentIds = JsonEncodedText.Encode("content_ids");
        public static readonly JsonEncodedText ContentType = JsonEncodedText.Encode("content_type");
        public static readonly JsonEncodedText Contents = JsonEncodedText.Encode("contents");
        public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
        public static readonly JsonEncodedText Quantity = JsonEncodedText.Encode("quantity");
        public static readonly JsonEncodedText ItemPrice = JsonEncodedText.Encode("item_price");
        public static readonly JsonEncodedText PredictedLtv = JsonEncodedText.Encode("predicted_ltv");
        public static readonly JsonEncodedText SearchString = JsonEncodedText.Encode("search_string");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText PurchaseType = JsonEncodedText.Encode("purchase_type");
        public static readonly JsonEncodedText DeliveryCategory = JsonEncodedText.Encode("delivery_category");
        public static readonly JsonEncodedText UtmSource = JsonEncodedText.Encode("utm_source");
        public static readonly JsonEncodedText UtmMedium = JsonEncodedText.Encode("utm_medium");
        public static readonly JsonEncodedText UtmCampaign = JsonEncodedText.Encode("utm_campaign");
        public static readonly JsonEncodedText UtmTerm = JsonEncodedText.Encode("utm_term");
        public static readonly JsonEncodedText UtmContent = JsonEncodedText.Encode("utm_content");
    }
}
