namespace Roku.Events.Tool.Mapping;

// A field of Roku's events that a file can fill, by its path in the JSON, with the names that columns for it commonly have.
internal sealed class Field(string path, params string[] headers)
{
    public static IReadOnlyList<Field> All { get; } =
    [
        new(Paths.Name, "event", "eventtype"),
        new(Paths.Time, "timestamp", "time", "datetime", "date", "createdat", "orderdate", "invoicedate", "transactiondate", "purchasedate", "calltime"),
        new(Paths.Source, "source", "channel"),
        new(Paths.Id, "id"),
        new("event_source_url", "url", "pageurl"),
        new("referrer_url", "referrer", "referer"),
        new("opt_out", "limiteddatause", "ldu"),
        User("user_data.em", (user, value) => user.Email(value), (user, value) => user.HashedEmail(value), "email", "emailaddress", "mail", "customeremail", "hashedemail", "emailsha256"),
        User("user_data.ph", (user, value) => user.Phone(value), (user, value) => user.HashedPhone(value), "phone", "phonenumber", "telephone", "mobile", "customerphone", "callernumber", "hashedphone", "phonesha256"),
        User("user_data.fn", (user, value) => user.FirstName(value), (user, value) => user.HashedFirstName(value), "firstname", "givenname"),
        User("user_data.ln", (user, value) => user.LastName(value), (user, value) => user.HashedLastName(value), "lastname", "surname", "familyname"),
        User("user_data.db", (user, value) => user.BirthDate(value), (user, value) => user.HashedBirthDate(value), "birthdate", "dateofbirth", "dob", "birthday"),
        User("user_data.ge", (user, value) => user.Gender(value), (user, value) => user.HashedGender(value), "gender", "sex"),
        User("user_data.ct", (user, value) => user.City(value), null, "city", "town"),
        User("user_data.st", (user, value) => user.State(value), null, "state", "region", "province"),
        User("user_data.zp", (user, value) => user.PostalCode(value), null, "zip", "zipcode", "postalcode", "postcode"),
        User("user_data.country", (user, value) => user.Country(value), null, "country", "countrycode"),
        User("user_data.external_id", (user, value) => user.ExternalId(value), null, "externalid", "customerid", "userid", "memberid"),
        User("user_data.subscription_id", (user, value) => user.SubscriptionId(value), null, "subscriptionid"),
        User("user_data.client_ip_address", (user, value) => user.IpAddress(value), null, "ip", "ipaddress", "clientip"),
        User("user_data.client_user_agent", (user, value) => user.UserAgent(value), null, "useragent"),
        User("user_data.aRI", (user, value) => user.RokuAdvertisingId(value), null, "rida", "rokuadvertisingid"),
        User("user_data.aGA", (user, value) => user.GoogleAdvertisingId(value), null, "gaid", "googleadvertisingid"),
        User("user_data.AID", (user, value) => user.AppleAdvertisingId(value), null, "idfa", "appleadvertisingid"),
        User("user_data.aGI", (user, value) => user.AppleVendorId(value), null, "idfv", "applevendorid"),
        User("user_data.aDX", (user, value) => user.DeviceIdDx(value), null),
        User("user_data.aFC", (user, value) => user.PixelCookie(value), null),
        User("user_data.ga_session_id", (user, value) => user.GaSessionId(value), null),
        User("user_data.ga_client_id", (user, value) => user.GaClientId(value), null),
        User("user_data.ga_gclid", (user, value) => user.GaClickId(value), null, "gclid"),
        User("user_data.ga_measurement_ids", (user, value) => user.GaMeasurementIds(value), null),
        User("user_data.us_privacy", (user, value) => user.UsPrivacy(value), null),
        new(Paths.Value, "amount", "total", "revenue", "ordertotal", "totalamount"),
        new(Paths.Currency, "currencycode"),
        Custom(Paths.OrderId, (data, value) => data.OrderId(value), "orderid", "ordernumber", "orderno", "invoiceno", "invoicenumber", "transactionid"),
        Custom("custom_data.content_category", (data, value) => data.ContentCategory(value), "category"),
        Custom("custom_data.content_name", (data, value) => data.ContentName(value)),
        Custom("custom_data.search_string", (data, value) => data.SearchString(value), "searchterm"),
        Custom("custom_data.status", (data, value) => data.Status(value), "orderstatus"),
        Custom("custom_data.utm_source", (data, value) => data.UtmSource(value)),
        Custom("custom_data.utm_medium", (data, value) => data.UtmMedium(value)),
        Custom("custom_data.utm_campaign", (data, value) => data.UtmCampaign(value), "campaign"),
        Custom("custom_data.utm_term", (data, value) => data.UtmTerm(value)),
        Custom("custom_data.utm_content", (data, value) => data.UtmContent(value)),
        new(Paths.NumItems, "items", "itemcount"),
        new(Paths.PredictedLtv, "ltv", "lifetimevalue"),
        new(Paths.PurchaseType),
        new(Paths.DeliveryCategory),
        new(Paths.ContentType),
        new(Paths.ContentIds),
        new(Paths.Contents),
        new(Paths.ProductId, "sku", "productid", "stockcode", "itemid"),
        new(Paths.ProductQuantity, "qty"),
        new(Paths.ProductPrice, "unitprice", "itemprice"),
        new(Paths.ProductDelivery),
    ];

    public string Path => path;

    // The last part, by which it may be mapped too; the parts of a product keep their "contents".
    public string ShortName => path.StartsWith("user_data.", StringComparison.Ordinal) || path.StartsWith("custom_data.", StringComparison.Ordinal)
        ? path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..]
        : path;

    public IEnumerable<string> Headers => headers.Append(Simple(ShortName)).Append(Simple(path));

    public Action<UserDataBuilder, string>? SetUser { get; private init; }

    public Action<UserDataBuilder, string>? SetHashedUser { get; private init; }

    public Action<CustomDataBuilder, string>? SetCustom { get; private init; }

    public bool IsMatchKey => path is "user_data.em" or "user_data.ph" or "user_data.client_ip_address"
        or "user_data.aRI" or "user_data.aGA" or "user_data.AID" or "user_data.aGI" or "user_data.aDX";

    public static Field Named(string name) =>
        All.FirstOrDefault(field => field.Path == name)
        ?? All.FirstOrDefault(field => field.ShortName.Equals(name, StringComparison.OrdinalIgnoreCase) || field.Path.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ToolException($"'{name}' is no field of Roku's events.{Suggestion(name)}");

    // "Order ID", "order_id" and "orderId" are one.
    public static string Simple(string header) => string.Concat(header.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static string Suggestion(string name)
    {
        var simple = Simple(name);
        var near = All.FirstOrDefault(field => field.Headers.Contains(simple))
            ?? All.FirstOrDefault(field => simple.Length > 2 && field.Headers.Any(header => header.Contains(simple, StringComparison.Ordinal) || simple.Contains(header, StringComparison.Ordinal)));
        return near is null ? $" They are: {string.Join(", ", All.Select(field => field.Path))}." : $" Did you mean {near.Path}?";
    }

    private static Field User(string path, Action<UserDataBuilder, string> plain, Action<UserDataBuilder, string>? hashed, params string[] headers) =>
        new(path, headers) { SetUser = plain, SetHashedUser = hashed };

    private static Field Custom(string path, Action<CustomDataBuilder, string> set, params string[] headers) => new(path, headers) { SetCustom = set };

    internal static class Paths
    {
        public const string Name = "event_name";
        public const string Time = "event_time";
        public const string Source = "event_source";
        public const string Id = "event_id";
        public const string OrderId = "custom_data.order_id";
        public const string Value = "custom_data.value";
        public const string Currency = "custom_data.currency";
        public const string NumItems = "custom_data.num_items";
        public const string PredictedLtv = "custom_data.predicted_ltv";
        public const string PurchaseType = "custom_data.purchase_type";
        public const string DeliveryCategory = "custom_data.delivery_category";
        public const string ContentType = "custom_data.content_type";
        public const string ContentIds = "custom_data.content_ids";
        public const string Contents = "custom_data.contents";
        public const string ProductId = "contents.id";
        public const string ProductQuantity = "contents.quantity";
        public const string ProductPrice = "contents.item_price";
        public const string ProductDelivery = "contents.delivery_category";
    }
}
