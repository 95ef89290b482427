using System.Text.Json;
using System.Text.Json.Nodes;

namespace Roku.Events;

/// <summary>Says what an event is worth and what it is about: <c>custom_data</c>, sent plain.</summary>
/// <remarks>
/// Null, empty and white space mean "not known" and change nothing. Mistakes are collected and thrown by <see cref="RokuEventBuilder.Build"/>.
/// Put nothing personal here. Not thread-safe.
/// </remarks>
public sealed class CustomDataBuilder
{
    private readonly RokuEventBuilder _event;

    internal CustomDataBuilder(RokuEventBuilder owner) => _event = owner;

    private CustomData Data => _event.CustomData;

    /// <summary>Total value of what was bought, in units of the currency (129.99, not cents): <c>value</c> and <c>currency</c>.</summary>
    /// <param name="value">Sent with all its decimals.</param>
    /// <param name="currency">Three letters of ISO 4217, upper-case, checked against the list of currencies in use.</param>
    public CustomDataBuilder Value(decimal value, string currency)
    {
        Data.Value = value;
        Data.Currency = currency;
        if (CurrencyCodes.Check(currency) is { } problem)
        {
            _event.Report("custom_data.currency", problem);
        }

        return this;
    }

    /// <summary>Your number of the order: <c>order_id</c>.</summary>
    public CustomDataBuilder OrderId(string? orderId) => Set(ref Data.OrderId, orderId);

    /// <summary>Items in the basket when checkout began, 0 or more: <c>num_items</c>.</summary>
    public CustomDataBuilder NumItems(int numItems)
    {
        Data.NumItems = numItems;
        return numItems >= 0 ? this : Refuse("custom_data.num_items", $"is {numItems}; use 0 or more");
    }

    /// <summary>Category of the page or product: <c>content_category</c>.</summary>
    public CustomDataBuilder ContentCategory(string? category) => Set(ref Data.ContentCategory, category);

    /// <summary>Name of the page or product: <c>content_name</c>.</summary>
    public CustomDataBuilder ContentName(string? name) => Set(ref Data.ContentName, name);

    /// <summary>Ids of products or product groups: <c>content_ids</c>.</summary>
    public CustomDataBuilder ContentIds(IEnumerable<string>? ids)
    {
        var given = ids?.ToArray() ?? [];
        Data.ContentIds = given.Length == 0 ? null : given;
        var empty = Array.FindIndex(given, string.IsNullOrWhiteSpace);
        return empty < 0 ? this : Refuse($"custom_data.content_ids[{empty}]", "is empty; leave it out or give an id");
    }

    /// <summary>What the content ids stand for: <c>content_type</c>.</summary>
    public CustomDataBuilder ContentType(ContentType contentType)
    {
        Data.ContentType = contentType;
        return Enum.IsDefined(contentType) ? this : Refuse("custom_data.content_type", $"is {contentType}, which is no value of ContentType; use one of its members");
    }

    /// <summary>One product of the order; call it once for each.</summary>
    /// <param name="id">Your id of the product.</param>
    /// <param name="quantity">How many, 1 or more.</param>
    /// <param name="price">Price of one, in units of the currency; null when not known.</param>
    /// <param name="deliveryCategory">How this product reaches the buyer; null when not known.</param>
    /// <remarks>
    /// Sent as an entry of <c>contents</c> (<c>id</c>, <c>quantity</c>, <c>item_price</c>, <c>delivery_category</c>), as Meta
    /// names them: Roku does not publish the JSON of products, and the rest of this object mirrors Meta's.
    /// </remarks>
    public CustomDataBuilder Product(string id, int quantity = 1, decimal? price = null, DeliveryCategory? deliveryCategory = null)
    {
        var products = Data.Products ??= [];
        products.Add(new CustomData.Product(id, quantity, price, deliveryCategory));
        if (string.IsNullOrWhiteSpace(id))
        {
            Refuse($"custom_data.contents[{products.Count - 1}].id", "is empty; give your id of the product");
        }

        if (deliveryCategory is { } category && !Enum.IsDefined(category))
        {
            Refuse($"custom_data.contents[{products.Count - 1}].delivery_category", $"is {category}, which is no value of DeliveryCategory; use one of its members");
        }

        return quantity >= 1 ? this : Refuse($"custom_data.contents[{products.Count - 1}].quantity", $"is {quantity}; use 1 or more, and leave out what was returned");
    }

    /// <summary>All products of the order as the three parallel arrays of Roku's guide, of equal length.</summary>
    /// <param name="ids">Your ids of the products.</param>
    /// <param name="quantities">How many of each, 1 or more.</param>
    /// <param name="prices">Price of one of each, in units of the currency.</param>
    /// <remarks><inheritdoc cref="Product" path="/remarks"/></remarks>
    public CustomDataBuilder Products(IReadOnlyList<string> ids, IReadOnlyList<int> quantities, IReadOnlyList<decimal> prices)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(quantities);
        ArgumentNullException.ThrowIfNull(prices);
        if (ids.Count != quantities.Count || ids.Count != prices.Count)
        {
            return Refuse("custom_data.contents", $"comes from {ids.Count} ids, {quantities.Count} quantities and {prices.Count} prices; give one of each for every product");
        }

        Data.Products ??= ids.Count == 0 ? null : new List<CustomData.Product>(ids.Count);
        for (var i = 0; i < ids.Count; i++)
        {
            Product(ids[i], quantities[i], prices[i]);
        }

        return this;
    }

    /// <summary>What the customer is expected to be worth, in units of the currency: <c>predicted_ltv</c>.</summary>
    public CustomDataBuilder PredictedLtv(decimal value)
    {
        Data.PredictedLtv = value;
        return this;
    }

    /// <summary>What was searched for: <c>search_string</c>.</summary>
    public CustomDataBuilder SearchString(string? search) => Set(ref Data.SearchString, search);

    /// <summary>Status of the order or service: <c>status</c>.</summary>
    public CustomDataBuilder Status(string? status) => Set(ref Data.Status, status);

    /// <summary>Whether the buyer bought here before: <c>purchase_type</c>.</summary>
    public CustomDataBuilder PurchaseType(PurchaseType purchaseType)
    {
        Data.PurchaseType = purchaseType;
        return Enum.IsDefined(purchaseType) ? this : Refuse("custom_data.purchase_type", $"is {purchaseType}, which is no value of PurchaseType; use one of its members");
    }

    /// <summary>How the whole order reaches the buyer: <c>delivery_category</c>.</summary>
    public CustomDataBuilder DeliveryCategory(DeliveryCategory deliveryCategory)
    {
        Data.DeliveryCategory = deliveryCategory;
        return Enum.IsDefined(deliveryCategory) ? this : Refuse("custom_data.delivery_category", $"is {deliveryCategory}, which is no value of DeliveryCategory; use one of its members");
    }

    /// <summary>Campaign source: <c>utm_source</c>.</summary>
    public CustomDataBuilder UtmSource(string? source) => Set(ref Data.UtmSource, source);

    /// <summary>Campaign medium: <c>utm_medium</c>.</summary>
    public CustomDataBuilder UtmMedium(string? medium) => Set(ref Data.UtmMedium, medium);

    /// <summary>Campaign name: <c>utm_campaign</c>.</summary>
    public CustomDataBuilder UtmCampaign(string? campaign) => Set(ref Data.UtmCampaign, campaign);

    /// <summary>Campaign term: <c>utm_term</c>.</summary>
    public CustomDataBuilder UtmTerm(string? term) => Set(ref Data.UtmTerm, term);

    /// <summary>Campaign content: <c>utm_content</c>.</summary>
    public CustomDataBuilder UtmContent(string? content) => Set(ref Data.UtmContent, content);

    /// <summary>A field that Roku does not document. Read the warning.</summary>
    /// <param name="name">The JSON name; a name that has a method of its own here is refused.</param>
    /// <param name="value">A string, number or boolean, or an array of these.</param>
    /// <remarks>
    /// <b>Warning.</b> On Roku's browser pixel an unknown key that held a number made Roku drop the whole custom_data, value
    /// and currency with it, in silence. What this API does is not known. Try it against
    /// <see cref="RokuEventsClient.ValidateAsync"/> and check the events in Ads Manager before you rely on it.
    /// </remarks>
    public CustomDataBuilder UndocumentedField(string name, JsonNode value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var path = $"custom_data.{name}";
        if (CustomData.IsKnown(name))
        {
            return Refuse(path, "is a documented field; use the method of that name");
        }

        // A copy: the node stays the caller's to change.
        if (!TryCopy(value, out var copy))
        {
            return Refuse(path, "is no string, number or boolean, nor an array of these; give one of them");
        }

        (Data.Extras ??= []).RemoveAll(extra => extra.Key == name);
        Data.Extras.Add(new(name, copy));
        return this;
    }

    // The type of a node does not tell: a JsonValue can hold an object, or a number that JSON has no text for.
    private static bool TryCopy(JsonNode? node, out JsonElement copy)
    {
        copy = default;
        if (node is not (JsonValue or JsonArray))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(node.ToJsonString());
            copy = document.RootElement.Clone();
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return false;
        }

        return IsPlain(copy) || (copy.ValueKind == JsonValueKind.Array && copy.EnumerateArray().All(IsPlain));

        static bool IsPlain(JsonElement element) =>
            element.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
    }

    private CustomDataBuilder Set(ref string? field, string? value)
    {
        field = string.IsNullOrWhiteSpace(value) ? field : value;
        return this;
    }

    private CustomDataBuilder Refuse(string path, string problem)
    {
        _event.Report(path, problem);
        return this;
    }
}
