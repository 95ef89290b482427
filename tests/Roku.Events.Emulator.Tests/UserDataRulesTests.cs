using System.Text.Json.Nodes;

namespace Roku.Events.Emulator.Tests;

public sealed class UserDataRulesTests : IAsyncDisposable
{
    private const string Upper = "973DFE463EC85785F5F95AF5BA3906EEDB2D931C24E69824A89EA65DBA4E813B";
    private const string Lower = Some.EmailDigest;
    private const string OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly RokuEmulator _emulator = new(timeProvider: Some.Clock());

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
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
    public Task Refuses_a_wrong_value(string path, string json, string code, string message) =>
        _emulator.RefusesAsync(Some.Purchase().With(path, json), code, path, message);

    [Theory]
    [InlineData("user_data.client_ip_address", "\"203.0.113.7\"")]
    [InlineData("user_data.client_ip_address", "\"2001:db8::1\"")]
    [InlineData("user_data.client_ip_address", "\"::ffff:203.0.113.7\"")]
    [InlineData("user_data.ct", "\"Montr\u00e9al\"")]
    [InlineData("user_data.aRI", "\"3f7a1c9e-0000-4000-8000-000000000001\"")]
    [InlineData("user_data.ga_measurement_ids", "\"G-1\"")]
    [InlineData("user_data.ga_measurement_ids", "[\"G-1\",\"G-2\"]")]
    public Task Accepts_a_right_value_without_a_warning(string path, string json) =>
        _emulator.AcceptsAsync(Some.Purchase().With(path, json));

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
            await _emulator.AcceptsAsync(purchase);
        }
        else
        {
            await _emulator.RefusesAsync(purchase, "missing_field", "user_data", "needs at least one of");
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
            await _emulator.AcceptsAsync(purchase);
        }
        else
        {
            await _emulator.RefusesAsync(purchase, "invalid_value", "user_data." + field, message);
        }
    }

    [Fact]
    public Task Accepts_the_other_spelling_of_the_apple_id_with_a_warning() =>
        _emulator.WarnsAsync(Some.Purchase().With("user_data.aID", "\"x\""), "user_data.aID");

    [Theory]
    [InlineData("em", "jane.doe@shop.example")]
    [InlineData("ph", "+14155550142")]
    [InlineData("fn", "Jane-Quentina")]
    [InlineData("client_ip_address", "203.0.113.999")]
    [InlineData("em", "jane\\u0040shop.example")]
    public async Task Never_quotes_a_value_of_user_data(string field, string plain)
    {
        var spoiled = Some.Purchase().With("user_data." + field, $"\"{plain}\"");

        var answer = await _emulator.SendAsync(Some.Batch(spoiled));

        Assert.Equal(210, (int)answer.Status);
        Assert.DoesNotContain(JsonNode.Parse($"\"{plain}\"")!.GetValue<string>()[..8], answer.Body, StringComparison.OrdinalIgnoreCase);
    }
}
