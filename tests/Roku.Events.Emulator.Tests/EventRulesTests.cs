using System.Net;

namespace Roku.Events.Emulator.Tests;

public sealed class EventRulesTests : IAsyncDisposable
{
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
    public Task Refuses_an_event_without_a_required_field(string path) =>
        _emulator.RefusesAsync(Some.Purchase().Without(path), "missing_field", path, "is required");

    [Theory]
    [InlineData("event_source")]
    [InlineData("event_id")]
    [InlineData("custom_data")]
    public Task Accepts_an_event_without_an_optional_field(string path) =>
        _emulator.AcceptsAsync(Some.Purchase().Without(path));

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
    public Task Refuses_a_wrong_value(string path, string json, string code, string message) =>
        _emulator.RefusesAsync(Some.Purchase().With(path, json), code, path, message);

    [Theory]
    [InlineData("event_source", "\"system-generated\"")]
    [InlineData("event_source", "\"ctv_app\"")]
    [InlineData("opt_out", "\"true\"")]
    [InlineData("opt_out", "\"false\"")]
    [InlineData("event_source_url", "\"https://shop.example/checkout?a=1\"")]
    [InlineData("event_name", "\"P\\u0055RCHASE\"")]
    [InlineData("event_name", "\"QSS\"")]
    public Task Accepts_a_right_value_without_a_warning(string path, string json) =>
        _emulator.AcceptsAsync(Some.Purchase().With(path, json));

    [Fact]
    public async Task Knows_every_published_name_and_source()
    {
        string[] names =
        [
            "AD_VIEW", "ADD_PAYMENT_INFO", "ADD_TO_CART", "ADD_TO_WISHLIST", "APP_INSTALL", "COMPLETE_REGISTRATION", "CONTACT",
            "CUSTOMIZE_PRODUCT", "DONATE", "DOWNLOAD", "FIND_LOCATION", "INITIATE_CHECKOUT", "LEAD", "PAGE_VIEW", "PURCHASE",
            "SCHEDULE", "SEARCH", "SIGN_UP", "START_TRIAL", "SUBMIT_APPLICATION", "SUBSCRIBE", "SUBSCRIPTION_CANCELLATION",
            "SUBSCRIPTION_RENEWAL", "UNLOCK_ACHIEVEMENT", "VIEW_CONTENT", "ACHIEVE_LEVEL", "FIRST_VIDEO_VIEW", "QSS", "SESSION_START",
        ];
        string[] sources = ["chat", "ctv_app", "email", "mobile_app", "phone_call", "physical_store", "roku", "system-generated", "website", "other"];
        var events = names.SelectMany(name => sources.Select(source =>
            Some.Purchase().With("event_name", $"\"{name}\"").With("event_source", $"\"{source}\"")));

        var answer = await _emulator.SendAsync(Some.Batch([.. events]));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(Assert.Single(_emulator.Requests).Warnings);
        Assert.Equal(290, _emulator.EventsAccepted);
    }

    [Fact]
    public Task Accepts_a_name_of_the_right_shape_with_a_warning() =>
        _emulator.WarnsAsync(Some.Purchase().With("event_name", "\"BRAND_NEW_2\""), "event_name");

    [Fact]
    public Task Refuses_an_event_time_in_milliseconds_with_a_hint() => _emulator.RefusesAsync(
        Some.Purchase().With("event_time", "1730017211000"),
        "invalid_value",
        "event_time",
        "event_time 1730017211000 looks like milliseconds; Roku takes seconds since 1970 (1730017211).");

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
        var spoiled = Some.Purchase().With("event_time", "1730017211000").With("custom_data.currency", "\"usd\"");

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
}
