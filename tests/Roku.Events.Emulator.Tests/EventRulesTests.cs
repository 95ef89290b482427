using System.Net;
using System.Text.Json.Nodes;

namespace Roku.Events.Emulator.Tests;

public sealed class EventRulesTests : IAsyncDisposable
{
    private const string Upper = "973DFE463EC85785F5F95AF5BA3906EEDB2D931C24E69824A89EA65DBA4E813B";
    private const string Lower = Some.EmailDigest;
    private const string OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly RokuEmulator _emulator = new(timeProvider: Some.Clock());

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Accepts_the_event_that_the_other_tests_spoil()
    {
        var answer = await _emulator.SendAsync(Some.Batch(Some.Purchase()));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"code":200,"events_received":1}""", answer.Body);
        Assert.Empty(Assert.Single(_emulator.Requests).Warnings);
    }

    [Theory]
    [InlineData("event_name")]
    [InlineData("event_type")]
    [InlineData("event_time")]
    [InlineData("user_data")]
    [InlineData("user_data.is_hashed")]
    public async Task Refuses_an_event_without_a_required_field(string path)
    {
        var spoiled = Some.Purchase();
        Remove(spoiled, path);

        await RefusesAsync(spoiled, "missing_field", path, "is required");
    }

    [Theory]
    [InlineData("event_source")]
    [InlineData("event_id")]
    [InlineData("custom_data")]
    public async Task Accepts_an_event_without_an_optional_field(string path)
    {
        var lean = Some.Purchase();
        Remove(lean, path);

        var answer = await _emulator.SendAsync(Some.Batch(lean));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("event_name", "1", "wrong_type", "must be a string")]
    [InlineData("event_name", "null", "wrong_type", "must be a string")]
    [InlineData("event_name", "\"\"", "invalid_value", "must be upper-case letters")]
    [InlineData("event_name", "\"purchase\"", "invalid_value", "('PURCHASE')")]
    [InlineData("event_name", "\"1_PURCHASE\"", "invalid_value", "starting with a letter")]
    [InlineData("event_name", "\"ADD TO CART\"", "invalid_value", "underscores")]
    [InlineData("event_type", "\"Conversion\"", "invalid_value", "must be one of: conversion")]
    [InlineData("event_type", "true", "wrong_type", "must be a string")]
    [InlineData("event_time", "1763899200.0", "wrong_type", "must be an integer")]
    [InlineData("event_time", "\"1763899200\"", "wrong_type", "must be an integer")]
    [InlineData("event_time", "1e9", "wrong_type", "must be an integer")]
    [InlineData("event_time", "99999999999999999999", "wrong_type", "must be an integer")]
    [InlineData("event_time", "0", "invalid_value", "greater than 0")]
    [InlineData("event_time", "-5", "invalid_value", "greater than 0")]
    [InlineData("event_source", "\"Website\"", "invalid_value", "must be one of: website")]
    [InlineData("event_source", "\"system_generated\"", "invalid_value", "system-generated")]
    [InlineData("event_source", "null", "wrong_type", "must be a string")]
    [InlineData("event_id", "\"\"", "invalid_value", "must not be empty")]
    [InlineData("event_id", "17", "wrong_type", "must be a string")]
    [InlineData("event_source_url", "[]", "wrong_type", "must be a string")]
    [InlineData("referrer_url", "{}", "wrong_type", "must be a string")]
    [InlineData("event_source_URL", "\"https://shop.example\"", "unknown_field", "event_source_url is one")]
    [InlineData("colour", "1", "unknown_field", "is not a field")]
    [InlineData("opt_out", "true", "wrong_type", "not a JSON boolean")]
    [InlineData("opt_out", "\"True\"", "invalid_value", "the string \"true\" or \"false\"")]
    [InlineData("opt_out", "1", "wrong_type", "the string \"true\" or \"false\"")]
    [InlineData("user_data", "[]", "wrong_type", "must be an object")]
    [InlineData("custom_data", "null", "wrong_type", "must be an object")]
    [InlineData("user_data.is_hashed", "\"true\"", "wrong_type", "must be true or false")]
    [InlineData("user_data.is_hashed", "null", "wrong_type", "must be true or false")]
    [InlineData("user_data.email", "\"x\"", "unknown_field", "is not a field")]
    [InlineData("user_data.ari", "\"x\"", "unknown_field", "aRI is one")]
    [InlineData("user_data.em", "null", "wrong_type", "must be a string")]
    [InlineData("user_data.em", "[\"" + Lower + "\"]", "wrong_type", "must be a string")]
    [InlineData("user_data.em", "\"\"", "invalid_value", "must not be empty")]
    [InlineData("user_data.em", "\"" + Upper + "\"", "invalid_value", "upper-case letters")]
    [InlineData("user_data.em", "\"" + Lower + ".AQQAAQEA\"", "invalid_value", "more after the digest")]
    [InlineData("user_data.em", "\"lz3+Rj7IV4X1+Vr1ujkG7tstkxwk5pgkqJ6mXbpOgTs=\"", "invalid_value", "Base64")]
    [InlineData("user_data.em", "\"" + OfNothing + "\"", "invalid_value", "SHA-256 of the empty string")]
    [InlineData("user_data.em", "\"jane@shop.example\"", "invalid_value", "plain text")]
    [InlineData("user_data.ph", "\"14155550142\"", "invalid_value", "64 lower-case hexadecimal")]
    [InlineData("user_data.ph", "\"73dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b\"", "invalid_value", "64 lower-case")]
    [InlineData("user_data.fn", "\"jane\"", "invalid_value", "64 lower-case")]
    [InlineData("user_data.ln", "\"doe\"", "invalid_value", "64 lower-case")]
    [InlineData("user_data.db", "\"1997-02-16\"", "invalid_value", "64 lower-case")]
    [InlineData("user_data.ge", "\"female\"", "invalid_value", "64 lower-case")]
    [InlineData("user_data.ct", "1", "wrong_type", "must be a string")]
    [InlineData("user_data.aRI", "\"\"", "invalid_value", "must not be empty")]
    [InlineData("user_data.client_ip_address", "\"203.0.113\"", "invalid_value", "IPv4 or IPv6")]
    [InlineData("user_data.client_ip_address", "\"203.0.113.256\"", "invalid_value", "IPv4 or IPv6")]
    [InlineData("user_data.client_ip_address", "\"1\"", "invalid_value", "IPv4 or IPv6")]
    [InlineData("user_data.client_ip_address", "\"[2001:db8::1]\"", "invalid_value", "IPv4 or IPv6")]
    [InlineData("user_data.client_ip_address", "\"fe80::1%eth0\"", "invalid_value", "IPv4 or IPv6")]
    [InlineData("user_data.ga_measurement_ids", "[1]", "wrong_type", "a string or an array of strings")]
    [InlineData("user_data.ga_measurement_ids", "1", "wrong_type", "a string or an array of strings")]
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
    public async Task Refuses_an_event_with_a_wrong_value(string path, string json, string code, string message)
    {
        var spoiled = Some.Purchase();
        Set(spoiled, path, json);

        await RefusesAsync(spoiled, code, path, message);
    }

    [Theory]
    [InlineData("event_source", "\"system-generated\"")]
    [InlineData("event_source", "\"ctv_app\"")]
    [InlineData("opt_out", "\"true\"")]
    [InlineData("opt_out", "\"false\"")]
    [InlineData("event_source_url", "\"https://shop.example/checkout?a=1\"")]
    [InlineData("event_name", "\"P\\u0055RCHASE\"")]
    [InlineData("event_name", "\"QSS\"")]
    [InlineData("user_data.client_ip_address", "\"203.0.113.7\"")]
    [InlineData("user_data.client_ip_address", "\"2001:db8::1\"")]
    [InlineData("user_data.client_ip_address", "\"::ffff:203.0.113.7\"")]
    [InlineData("user_data.ct", "\"Montr\u00e9al\"")]
    [InlineData("user_data.aRI", "\"3f7a1c9e-0000-4000-8000-000000000001\"")]
    [InlineData("user_data.ga_measurement_ids", "\"G-1\"")]
    [InlineData("user_data.ga_measurement_ids", "[\"G-1\",\"G-2\"]")]
    [InlineData("custom_data.value", "0.1e1")]
    [InlineData("custom_data.currency", "\"XCG\"")]
    [InlineData("custom_data.currency", "\"ZWG\"")]
    [InlineData("custom_data.content_ids", "[]")]
    [InlineData("custom_data.contents", "[{\"id\":\"sku-1\",\"quantity\":2,\"item_price\":64.995,\"delivery_category\":\"curbside\"}]")]
    [InlineData("custom_data.purchase_type", "\"repeat_purchase\"")]
    public async Task Accepts_a_right_value_without_a_warning(string path, string json)
    {
        var purchase = Some.Purchase();
        Set(purchase, path, json);

        var answer = await _emulator.SendAsync(Some.Batch(purchase));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(Assert.Single(_emulator.Requests).Warnings);
    }

    [Theory]
    [InlineData("event_name", "\"BRAND_NEW_2\"")]
    [InlineData("custom_data.mine", "1")]
    [InlineData("custom_data.mine", "[\"a\",2,true]")]
    public async Task Accepts_what_roku_may_or_may_not_know_with_a_warning(string path, string json)
    {
        var purchase = Some.Purchase();
        Set(purchase, path, json);

        var answer = await _emulator.SendAsync(Some.Batch(purchase));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var warning = Assert.Single(Assert.Single(_emulator.Requests).Warnings);
        Assert.Equal((path, "ord-17", 0), (warning.Field, warning.EventId, warning.EventIndex));
    }

    [Fact]
    public async Task Refuses_an_event_time_in_milliseconds_with_a_hint()
    {
        var spoiled = Some.Purchase();
        spoiled["event_time"] = 1730017211000;

        await RefusesAsync(
            spoiled, "invalid_value", "event_time",
            "event_time 1730017211000 looks like milliseconds; Roku takes seconds since 1970 (1730017211).");
    }

    [Theory]
    [InlineData(3600, HttpStatusCode.OK)]
    [InlineData(3601, (HttpStatusCode)210)]
    public async Task Takes_events_up_to_one_hour_ahead(int secondsAhead, HttpStatusCode expected)
    {
        var ahead = Some.Purchase();
        ahead["event_time"] = Some.Now.ToUnixTimeSeconds() + secondsAhead;

        var answer = await _emulator.SendAsync(Some.Batch(ahead));

        Assert.Equal(expected, answer.Status);
    }

    [Theory]
    [InlineData("em", "\"" + Lower + "\"", true)]
    [InlineData("ph", "\"" + Lower + "\"", true)]
    [InlineData("client_ip_address", "\"203.0.113.7\"", true)]
    [InlineData("aGA", "\"x\"", true)]
    [InlineData("AID", "\"x\"", true)]
    [InlineData("aDX", "\"x\"", true)]
    [InlineData("aGI", "\"x\"", true)]
    [InlineData("aRI", "\"x\"", true)]
    [InlineData("fn", "\"" + Lower + "\"", false)]
    [InlineData("client_user_agent", "\"x\"", false)]
    [InlineData("external_id", "\"x\"", false)]
    public async Task Needs_one_of_the_listed_identifiers(string field, string json, bool enough)
    {
        var purchase = Some.Purchase();
        purchase["user_data"] = new JsonObject { ["is_hashed"] = true, [field] = JsonNode.Parse(json) };

        if (enough)
        {
            Assert.Equal(HttpStatusCode.OK, (await _emulator.SendAsync(Some.Batch(purchase))).Status);
        }
        else
        {
            await RefusesAsync(purchase, "missing_field", "user_data", "needs at least one of");
        }
    }

    [Theory]
    [InlineData("em", "jane@shop.example", null)]
    [InlineData("db", "1997-02-16", null)]
    [InlineData("db", "16.02.1997", "must be yyyy-mm-dd before hashing")]
    [InlineData("ge", "female", null)]
    [InlineData("ge", "F", "must be male, female or unknown before hashing")]
    [InlineData("em", Lower, "would be hashed twice")]
    [InlineData("em", OfNothing, "SHA-256 of the empty string")]
    public async Task Takes_plain_identifiers_when_is_hashed_is_false(string field, string text, string? message)
    {
        var purchase = Some.Purchase();
        purchase["user_data"] = new JsonObject { [field] = text, ["client_ip_address"] = "203.0.113.7", ["is_hashed"] = false };

        if (message is null)
        {
            Assert.Equal(HttpStatusCode.OK, (await _emulator.SendAsync(Some.Batch(purchase))).Status);
        }
        else
        {
            await RefusesAsync(purchase, "invalid_value", "user_data." + field, message);
        }
    }

    [Theory]
    [InlineData("""[1]""", "custom_data.contents[0]", "must be an object")]
    [InlineData("""[{"quantity":1}]""", "custom_data.contents[0].id", "is required")]
    [InlineData("""[{"id":"a"},{"id":""}]""", "custom_data.contents[1].id", "must not be empty")]
    [InlineData("""[{"id":"a","quantity":1.5}]""", "custom_data.contents[0].quantity", "must be an integer")]
    [InlineData("""[{"id":"a","item_price":"1"}]""", "custom_data.contents[0].item_price", "must be a number")]
    [InlineData("""[{"id":"a","delivery_category":"drone"}]""", "custom_data.contents[0].delivery_category", "in_store")]
    [InlineData("""[{"id":"a","price":1}]""", "custom_data.contents[0].price", "is not a field")]
    public async Task Names_the_product_that_is_wrong(string contents, string path, string message)
    {
        var spoiled = Some.Purchase();
        Set(spoiled, "custom_data.contents", contents);

        await RefusesAsync(spoiled, code: null, path, message);
    }

    [Theory]
    [InlineData("\"event_name\":\"PURCHASE\"", "\"event_name\":\"PURCHASE\",\"event_name\":\"LEAD\"", "event_name")]
    [InlineData("\"event_name\":\"PURCHASE\"", "\"event_name\":\"PURCHASE\",\"event_n\\u0061me\":\"LEAD\"", "event_name")]
    [InlineData("\"is_hashed\":true", "\"is_hashed\":true,\"is_hashed\":true", "user_data.is_hashed")]
    [InlineData("\"value\":129.99", "\"value\":129.99,\"value\":1", "custom_data.value")]
    [InlineData("\"value\":129.99", "\"mine\":1,\"mine\":2", "custom_data.mine")]
    public async Task Refuses_a_repeated_field(string once, string twice, string path)
    {
        var body = Some.Batch(Some.Purchase()).Replace(once, twice, StringComparison.Ordinal);

        var answer = await _emulator.SendAsync(body);

        Assert.Equal((HttpStatusCode)210, answer.Status);
        var problem = Assert.Single(Assert.Single(_emulator.Requests).Problems);
        Assert.Equal(("duplicate_field", path), (problem.Code, problem.Field));
    }

    [Fact]
    public async Task Names_every_mistake_of_an_event_at_once()
    {
        var spoiled = Some.Purchase();
        Set(spoiled, "event_time", "1730017211000");
        Set(spoiled, "custom_data.currency", "\"usd\"");

        var answer = await _emulator.SendAsync(Some.Batch(spoiled));

        var failure = Assert.Single(answer.Json["failed_events"]!.AsArray());
        Assert.Equal("event_time", (string?)failure!["error"]!["field"]);
        Assert.EndsWith("(1730017211). custom_data.currency 'usd' must be upper-case ISO 4217 ('USD').", (string?)failure["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(_emulator.Requests).Problems.Count);
    }

    [Fact]
    public async Task Refuses_an_event_that_is_no_object()
    {
        var answer = await _emulator.SendAsync(Some.Batch(Some.Purchase(), 5));

        var failure = Assert.Single(answer.Json["failed_events"]!.AsArray());
        Assert.Equal("events[1]", (string?)failure!["error"]!["field"]);
    }

    [Theory]
    [InlineData("em", "jane.doe@shop.example")]
    [InlineData("ph", "+14155550142")]
    [InlineData("fn", "Jane-Quentina")]
    [InlineData("client_ip_address", "203.0.113.999")]
    [InlineData("em", "jane\\u0040shop.example")]
    public async Task Never_quotes_a_value_of_user_data(string field, string plain)
    {
        var spoiled = Some.Purchase();
        Set(spoiled, "user_data." + field, $"\"{plain}\"");

        var answer = await _emulator.SendAsync(Some.Batch(spoiled));

        Assert.Equal((HttpStatusCode)210, answer.Status);
        Assert.DoesNotContain(JsonNode.Parse($"\"{plain}\"")!.GetValue<string>()[..8], answer.Body, StringComparison.OrdinalIgnoreCase);
    }

    private async Task RefusesAsync(JsonObject spoiled, string? code, string path, string message)
    {
        var answer = await _emulator.SendAsync(Some.Batch(Some.Purchase("good"), spoiled));

        Assert.Equal((HttpStatusCode)210, answer.Status);
        Assert.Equal("good", Assert.Single(_emulator.Events).Id);
        var failure = Assert.Single(answer.Json["failed_events"]!.AsArray())!;
        Assert.Equal(1, (int?)failure["index"]);
        Assert.Equal(path, (string?)failure["error"]!["field"]);
        Assert.Contains(message, (string?)failure["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal(code ?? (string?)failure["error"]!["code"], (string?)failure["error"]!["code"]);

        var problem = Assert.Single(Assert.Single(_emulator.Requests).Problems);
        Assert.Equal((path, 1), (problem.Field, problem.EventIndex));
    }

    private static void Set(JsonObject purchase, string path, string json)
    {
        var (parent, name) = Find(purchase, path);
        parent[name] = JsonNode.Parse(json);
    }

    private static void Remove(JsonObject purchase, string path)
    {
        var (parent, name) = Find(purchase, path);
        parent.Remove(name);
    }

    private static (JsonObject Parent, string Name) Find(JsonObject purchase, string path) =>
        path.Split('.') is [var parent, var name] ? (purchase[parent]!.AsObject(), name) : (purchase, path);
}
