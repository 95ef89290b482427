namespace Roku.Events.Tests.Events;

public sealed class CustomDataTests
{
    [Theory]
    [InlineData("usd", "'usd' must be upper-case ISO 4217; write 'USD'")]
    [InlineData(" Eur ", "' Eur ' must be upper-case ISO 4217; write 'EUR'")]
    [InlineData("HRK", "'HRK' is not a currency in use of ISO 4217; give its three letters, such as 'USD'")]
    [InlineData("BTC", "'BTC' is not a currency in use of ISO 4217; give its three letters, such as 'USD'")]
    [InlineData("$", "'$' is not a currency in use of ISO 4217; give its three letters, such as 'USD'")]
    [InlineData("ＵＳＤ", "'ＵＳＤ' is not a currency in use of ISO 4217; give its three letters, such as 'USD'")]
    [InlineData("", "is missing; a value needs its three-letter ISO 4217 code ('USD')")]
    [InlineData(null, "is missing; a value needs its three-letter ISO 4217 code ('USD')")]
    public void A_currency_is_an_upper_case_code_in_use(string? currency, string message)
    {
        var problem = Problems.OneInCustomData(data => data.Value(1, currency!));

        Assert.Equal(("custom_data.currency", message), (problem.Path, problem.Message));
    }

    [Theory]
    [InlineData("USD")]
    [InlineData("EUR")]
    [InlineData("JPY")]
    [InlineData("GBP")]
    [InlineData("XCG")]
    public void A_currency_in_use_is_sent(string currency) =>
        Assert.Equal(currency, EventJson.CustomData(data => data.Value(1, currency), "currency")!.GetValue<string>());

    [Fact]
    public void Products_are_taken_one_at_a_time() =>
        Assert.Equal(
            """[{"id":"a","quantity":1},{"id":"b","quantity":2,"item_price":0.5,"delivery_category":"curbside"}]""",
            EventJson.CustomData(data => data.Product("a").Product("b", 2, 0.5m, DeliveryCategory.Curbside), "contents")!.ToJsonString());

    [Fact]
    public void Products_are_taken_as_three_arrays() =>
        Assert.Equal(
            """[{"id":"a","quantity":1,"item_price":9.99},{"id":"b","quantity":2,"item_price":0}]""",
            EventJson.CustomData(data => data.Products(["a", "b"], [1, 2], [9.99m, 0m]), "contents")!.ToJsonString());

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(0, 1, 1)]
    public void Three_arrays_of_unequal_length_are_refused(int ids, int quantities, int prices)
    {
        var problem = Problems.OneInCustomData(data => data.Products([.. Enumerable.Repeat("a", ids)], [.. Enumerable.Repeat(1, quantities)], [.. Enumerable.Repeat(1m, prices)]));

        Assert.Equal("custom_data.contents", problem.Path);
        Assert.Equal($"comes from {ids} ids, {quantities} quantities and {prices} prices; give one of each for every product", problem.Message);
    }

    [Fact]
    public void Three_arrays_are_needed()
    {
        Assert.Throws<ArgumentNullException>(() => Some.PurchaseToBe().WithCustomData(data => data.Products(null!, [], [])));
        Assert.Throws<ArgumentNullException>(() => Some.PurchaseToBe().WithCustomData(data => data.Products([], null!, [])));
        Assert.Throws<ArgumentNullException>(() => Some.PurchaseToBe().WithCustomData(data => data.Products([], [], null!)));
    }

    [Fact]
    public void A_product_needs_an_id_and_a_quantity()
    {
        var problems = Problems.Of(Some.PurchaseToBe().WithCustomData(data => data.Product("a").Product(" ", 0).Product(null!, -1)));

        Assert.Equal(
            ["custom_data.contents[1].id", "custom_data.contents[1].quantity", "custom_data.contents[2].id", "custom_data.contents[2].quantity"],
            problems.Select(problem => problem.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_number_of_items_is_sent(int items) =>
        Assert.Equal(items, EventJson.CustomData(data => data.NumItems(items), "num_items")!.GetValue<int>());

    [Fact]
    public void A_negative_number_of_items_is_refused()
    {
        var problem = Problems.OneInCustomData(data => data.NumItems(-1));

        Assert.Equal(("custom_data.num_items", "is -1; use 0 or more"), (problem.Path, problem.Message));
    }

    [Fact]
    public void An_empty_content_id_is_refused_by_its_place() =>
        Assert.Equal("custom_data.content_ids[1]", Problems.OneInCustomData(data => data.ContentIds(["a", " ", null!])).Path);

    [Fact]
    public void Content_ids_are_copied()
    {
        var ids = new List<string> { "a" };
        var builder = Some.PurchaseToBe().WithCustomData(data => data.ContentIds(ids));
        ids[0] = "b";

        Assert.Equal("""["a"]""", EventJson.Of(builder.Build())["custom_data"]!["content_ids"]!.ToJsonString());
    }

    [Theory]
    [InlineData(ContentType.Product, "product")]
    [InlineData(ContentType.ProductGroup, "product_group")]
    public void A_content_type_is_sent_as_roku_spells_it(ContentType type, string sent) =>
        Assert.Equal(sent, EventJson.CustomData(data => data.ContentType(type), "content_type")!.GetValue<string>());

    [Theory]
    [InlineData(PurchaseType.FirstTime, "first_time_purchase")]
    [InlineData(PurchaseType.Repeat, "repeat_purchase")]
    public void A_purchase_type_is_sent_as_roku_spells_it(PurchaseType type, string sent) =>
        Assert.Equal(sent, EventJson.CustomData(data => data.PurchaseType(type), "purchase_type")!.GetValue<string>());

    [Theory]
    [InlineData(DeliveryCategory.InStore, "in_store")]
    [InlineData(DeliveryCategory.Curbside, "curbside")]
    [InlineData(DeliveryCategory.HomeDelivery, "home_delivery")]
    public void A_delivery_category_is_sent_as_roku_spells_it(DeliveryCategory category, string sent) =>
        Assert.Equal(sent, EventJson.CustomData(data => data.DeliveryCategory(category), "delivery_category")!.GetValue<string>());

    [Fact]
    public void What_is_not_known_never_takes_back_what_is() =>
        Assert.Equal("ord-17", EventJson.CustomData(data => data.OrderId("ord-17").OrderId(" "), "order_id")!.GetValue<string>());

    [Fact]
    public void A_number_that_is_no_value_of_an_enumeration_is_a_problem_and_not_left_out_in_silence()
    {
        var error = Assert.Throws<RokuEventValidationException>(() => RokuEvent.Create(EventName.Purchase)
            .From(EventSource.Website)
            .WithUser(user => user.Email("jane@example.com"))
            .WithCustomData(data => data
                .ContentType((ContentType)9).PurchaseType((PurchaseType)9).DeliveryCategory((DeliveryCategory)9)
                .Product("sku", deliveryCategory: (DeliveryCategory)9))
            .Build());

        Assert.Equal(
            ["custom_data.content_type", "custom_data.purchase_type", "custom_data.delivery_category", "custom_data.contents[0].delivery_category"],
            error.Problems.Select(problem => problem.Path));
    }
}
