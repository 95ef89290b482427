using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tests.Events;

public sealed class EventJsonTests
{
    [Fact]
    public void An_event_with_every_field_is_exactly_this()
    {
        var everything = RokuEvent.Create(EventName.Purchase, timeProvider: new FakeTimeProvider(Some.Now))
            .From(EventSource.SystemGenerated)
            .WithId("ord-17")
            .At(Some.Now.AddMinutes(-1))
            .OnPage("https://shop.example/done?a=1&b='ü'", referrer: "https://shop.example/cart")
            .WithLimitedDataUse()
            .WithUser(user => user
                .Email(" Test@Example.com ")
                .Phone("+1 415 555 0142")
                .FirstName("John")
                .LastName("O'Brien")
                .BirthDate(new DateOnly(1997, 2, 16))
                .Gender("M")
                .City("Montréal")
                .State("QC")
                .PostalCode("H2Y 1C6")
                .Country("CA")
                .ExternalId("ABC12345")
                .SubscriptionId("sub-1")
                .IpAddress(IPAddress.Parse("203.0.113.7"))
                .UserAgent("Mozilla/5.0 (X11) \"quoted\"")
                .RokuAdvertisingId("rida")
                .GoogleAdvertisingId("gaid")
                .AppleAdvertisingId("idfa")
                .AppleVendorId("idfv")
                .DeviceIdDx("dx")
                .PixelCookie("cookie")
                .GaSessionId("session")
                .GaClientId("client")
                .GaClickId("click")
                .GaMeasurementIds("G-1")
                .UsPrivacy("1YNN"))
            .WithCustomData(data => data
                .Value(189.50m, "USD")
                .OrderId("ord-17")
                .NumItems(3)
                .ContentCategory("shoes")
                .ContentName("Läufer")
                .ContentIds(["sku-1", "sku-2"])
                .ContentType(ContentType.Product)
                .Product("sku-1", quantity: 2, price: 64.995m, deliveryCategory: DeliveryCategory.InStore)
                .Product("sku-2")
                .PredictedLtv(1000m)
                .SearchString("red < blue")
                .Status("paid")
                .PurchaseType(PurchaseType.FirstTime)
                .DeliveryCategory(DeliveryCategory.HomeDelivery)
                .UtmSource("s")
                .UtmMedium("m")
                .UtmCampaign("c")
                .UtmTerm("t")
                .UtmContent("x")
                .UndocumentedField("loyalty", JsonValue.Create("gold")))
            .Build();

        Assert.Equal(
            """
            {"event_name":"PURCHASE","event_type":"conversion","event_time":1768478340,"event_source":"system-generated","event_id":"ord-17",
            "event_source_url":"https://shop.example/done?a=1&b='ü'","referrer_url":"https://shop.example/cart","opt_out":"true",
            "user_data":{"is_hashed":true,
            "em":"973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
            "ph":"61c16289716534ac3a5992f613d7a9fefa5e9c12b8fd27f187387da9efeafd8c",
            "fn":"96d9632f363564cc3032521409cf22a852f2032eec099ed5967c0d000cec607a",
            "ln":"65b87174be3b1b122e2b0929f0b84888637d31a4a83bb96a860bcff411f5e668",
            "db":"903192ebb69f81d518c7718d70124023b0cab5c7a5da0aa5eee6bbdf61f43ef8",
            "ge":"0d248e82c62c9386878327d491c762a002152d42ab2c391a31c44d9f62675ddf",
            "ct":"Montréal","st":"QC","zp":"H2Y 1C6","country":"CA","external_id":"ABC12345","subscription_id":"sub-1",
            "client_ip_address":"203.0.113.7","client_user_agent":"Mozilla/5.0 (X11) \"quoted\"",
            "aRI":"rida","aGA":"gaid","AID":"idfa","aGI":"idfv","aDX":"dx","aFC":"cookie",
            "ga_session_id":"session","ga_client_id":"client","ga_gclid":"click","ga_measurement_ids":"G-1","us_privacy":"1YNN"},
            "custom_data":{"value":189.50,"currency":"USD","order_id":"ord-17","num_items":3,"content_category":"shoes","content_name":"Läufer",
            "content_ids":["sku-1","sku-2"],"content_type":"product",
            "contents":[{"id":"sku-1","quantity":2,"item_price":64.995,"delivery_category":"in_store"},{"id":"sku-2","quantity":1}],
            "predicted_ltv":1000,"search_string":"red < blue","status":"paid","purchase_type":"first_time_purchase","delivery_category":"home_delivery",
            "utm_source":"s","utm_medium":"m","utm_campaign":"c","utm_term":"t","utm_content":"x","loyalty":"gold"}}
            """.ReplaceLineEndings(""),
            EventJson.Text(everything));
    }

    [Fact]
    public void The_least_event_is_exactly_this()
    {
        var least = RokuEvent.Create(EventName.AdView, timeProvider: new FakeTimeProvider(Some.Now))
            .From(EventSource.Roku)
            .WithId("1")
            .WithUser(user => user.RokuAdvertisingId("rida"))
            .Build();

        Assert.Equal(
            """{"event_name":"AD_VIEW","event_type":"conversion","event_time":1768478400,"event_source":"roku","event_id":"1","user_data":{"is_hashed":true,"aRI":"rida"}}""",
            EventJson.Text(least));
    }

    [Fact]
    public void What_is_not_known_is_not_sent()
    {
        var sparse = Some.PurchaseToBe()
            .OnPage(null, " ")
            .WithUser(user => user
                .Email(null).HashedEmail("").Phone(" ").HashedPhone(null).FirstName(null).HashedFirstName(null).LastName(null).HashedLastName(null)
                .BirthDate((string?)null).BirthDate((DateOnly?)null).HashedBirthDate(null).Gender(null).HashedGender(null)
                .City(" ").IpAddress((string?)null).IpAddress((IPAddress?)null).UserAgent(""))
            .WithCustomData(data => data.OrderId(" ").ContentIds(null).ContentIds([]).SearchString(null).Products([], [], []))
            .Build();

        var json = EventJson.Of(sparse);
        Assert.Equal(["is_hashed", "em"], json["user_data"]!.AsObject().Select(field => field.Key));
        Assert.Empty(json["custom_data"]!.AsObject());
        Assert.Null(json["event_source_url"]);
        Assert.Null(json["referrer_url"]);
    }

    [Fact]
    public void Limited_data_use_is_a_string()
    {
        Assert.Equal("\"true\"", OptOut(Some.PurchaseToBe().WithLimitedDataUse()));
        Assert.Equal("\"false\"", OptOut(Some.PurchaseToBe().WithLimitedDataUse(false)));
        Assert.Null(OptOut(Some.PurchaseToBe()));

        static string? OptOut(RokuEventBuilder builder) => EventJson.Of(builder.Build())["opt_out"]?.ToJsonString();
    }

    [Theory]
    [InlineData("189.50")]
    [InlineData("0")]
    [InlineData("-5.25")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335")]
    public void Money_keeps_all_its_digits(string amount)
    {
        var value = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(amount, EventJson.CustomData(data => data.Value(value, "USD"), "value")!.ToJsonString());
    }

    [Fact]
    public void The_event_says_what_it_is_without_saying_of_whom()
    {
        var purchase = Some.PurchaseToBe("ord-17").At(Some.Now.AddMilliseconds(999)).WithLimitedDataUse().Build();

        Assert.Equal("PURCHASE ord-17", purchase.ToString());
        Assert.Equal(
            (EventName.Purchase, EventSource.Website, "ord-17", Some.Now, true),
            (purchase.Name, purchase.Source, purchase.Id, purchase.Time, purchase.LimitedDataUse));
    }

    [Fact]
    public void Builders_print_nothing_they_were_given()
    {
        var builder = Some.PurchaseToBe();
        string? user = null;
        string? data = null;
        builder.WithUser(u => user = u.City("Berlin").ToString()).WithCustomData(d => data = d.SearchString("secret").ToString());

        Assert.DoesNotContain("Berlin", builder + user, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", builder + data, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", builder.Build().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_writer_is_needed() => Assert.Throws<ArgumentNullException>(() => Some.Purchase().WriteTo(null!));

    [Fact]
    public void A_writer_of_the_host_gets_the_same_json()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            Some.PurchaseToBe().Build().WriteTo(writer);
        }

        Assert.True(JsonNode.DeepEquals(EventJson.Of(Some.PurchaseToBe().Build()), JsonNode.Parse(stream.ToArray())));
    }
}
