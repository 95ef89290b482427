namespace Roku.Events.Emulator.Tests;

public sealed class CustomDataRulesTests : IAsyncDisposable
{
    private readonly RokuEmulator _emulator = new(timeProvider: Some.Clock());

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [InlineData("custom_data.value", "\"129.99\"", "wrong_type", "must be a number")]
    [InlineData("custom_data.currency", "\"usd\"", "invalid_value", "must be upper-case ISO 4217 ('USD')")]
    [InlineData("custom_data.currency", "\"USX\"", "invalid_value", "not an active currency")]
    [InlineData("custom_data.currency", "\"BGN\"", "invalid_value", "not an active currency")]
    [InlineData("custom_data.currency", "840", "wrong_type", "must be a string")]
    [InlineData("custom_data.order_id", "17", "wrong_type", "must be a string")]
    [InlineData("custom_data.num_items", "1.5", "wrong_type", "must be an integer")]
    [InlineData("custom_data.content_category", "[]", "wrong_type", "must be a string")]
    [InlineData("custom_data.content_name", "1", "wrong_type", "must be a string")]
    [InlineData("custom_data.content_ids", "\"sku-1\"", "wrong_type", "array of strings")]
    [InlineData("custom_data.content_ids", "[1]", "wrong_type", "array of strings")]
    [InlineData("custom_data.content_type", "\"products\"", "invalid_value", "product, product_group")]
    [InlineData("custom_data.contents", "{}", "wrong_type", "array of objects")]
    [InlineData("custom_data.predicted_ltv", "\"1\"", "wrong_type", "must be a number")]
    [InlineData("custom_data.search_string", "1", "wrong_type", "must be a string")]
    [InlineData("custom_data.status", "false", "wrong_type", "must be a string")]
    [InlineData("custom_data.purchase_type", "\"first\"", "invalid_value", "first_time_purchase, repeat_purchase")]
    [InlineData("custom_data.delivery_category", "\"drone\"", "invalid_value", "in_store, curbside, home_delivery")]
    [InlineData("custom_data.utm_source", "1", "wrong_type", "must be a string")]
    [InlineData("custom_data.utm_medium", "1", "wrong_type", "must be a string")]
    [InlineData("custom_data.utm_campaign", "1", "wrong_type", "must be a string")]
    [InlineData("custom_data.utm_term", "1", "wrong_type", "must be a string")]
    [InlineData("custom_data.utm_content", "1", "wrong_type", "must be a string")]
    [InlineData("custom_data.mine", "{}", "wrong_type", "string, number, boolean or array of these")]
    [InlineData("custom_data.mine", "null", "wrong_type", "string, number, boolean or array of these")]
    [InlineData("custom_data.mine", "[[1]]", "wrong_type", "string, number, boolean or array of these")]
    public Task Refuses_a_wrong_value(string path, string json, string code, string message) =>
        _emulator.RefusesAsync(Some.Purchase().With(path, json), code, path, message);

    [Theory]
    [InlineData("custom_data.value", "0.1e1")]
    [InlineData("custom_data.currency", "\"XCG\"")]
    [InlineData("custom_data.currency", "\"ZWG\"")]
    [InlineData("custom_data.content_ids", "[]")]
    [InlineData("custom_data.contents", "[{\"id\":\"sku-1\",\"quantity\":2,\"item_price\":64.995,\"delivery_category\":\"curbside\"}]")]
    [InlineData("custom_data.purchase_type", "\"repeat_purchase\"")]
    public Task Accepts_a_right_value_without_a_warning(string path, string json) =>
        _emulator.AcceptsAsync(Some.Purchase().With(path, json));

    [Theory]
    [InlineData("\"a\"")]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("[\"a\",2,true]")]
    public Task Accepts_an_unknown_key_with_a_warning(string json) =>
        _emulator.WarnsAsync(Some.Purchase().With("custom_data.mine", json), "custom_data.mine");

    [Theory]
    [InlineData("""[1]""", "wrong_type", "custom_data.contents[0]", "must be an object")]
    [InlineData("""[{"quantity":1}]""", "missing_field", "custom_data.contents[0].id", "is required")]
    [InlineData("""[{"id":"a"},{"id":""}]""", "invalid_value", "custom_data.contents[1].id", "must not be empty")]
    [InlineData("""[{"id":"a","quantity":1.5}]""", "wrong_type", "custom_data.contents[0].quantity", "must be an integer")]
    [InlineData("""[{"id":"a","item_price":"1"}]""", "wrong_type", "custom_data.contents[0].item_price", "must be a number")]
    [InlineData("""[{"id":"a","delivery_category":"drone"}]""", "invalid_value", "custom_data.contents[0].delivery_category", "in_store")]
    [InlineData("""[{"id":"a","price":1}]""", "unknown_field", "custom_data.contents[0].price", "is not a field")]
    [InlineData("""[{"id":"a","id":"b"}]""", "duplicate_field", "custom_data.contents[0].id", "more than once")]
    public async Task Names_the_product_that_is_wrong(string contents, string code, string path, string message)
    {
        // A JsonObject could not hold the repeated name.
        var body = Some.Batch(Some.Purchase().With("custom_data.contents", "[]")).Replace("\"contents\":[]", "\"contents\":" + contents, StringComparison.Ordinal);

        await _emulator.SendAsync(body);

        var problem = Assert.Single(Assert.Single(_emulator.Requests).Problems);
        Assert.Equal((code, path), (problem.Code, problem.Field));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }
}
