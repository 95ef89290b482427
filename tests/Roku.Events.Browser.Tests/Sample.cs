using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Roku.Events.Browser.Tests;

internal static class Sample
{
    public const string EmailHash = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";

    public static JsonObject Purchase(string id, double value = 129.99) => new()
    {
        ["event_name"] = "PURCHASE",
        ["event_type"] = "conversion",
        ["event_time"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        ["event_source"] = "website",
        ["event_id"] = id,
        ["user_data"] = new JsonObject { ["is_hashed"] = true, ["em"] = EmailHash, ["client_ip_address"] = "203.0.113.7" },
        ["custom_data"] = new JsonObject { ["value"] = value, ["currency"] = "USD", ["order_id"] = $"order-of-{id}" },
    };

    public static JsonObject With(this JsonObject json, string name, JsonNode? value)
    {
        json[name] = value;
        return json;
    }

    public static async Task<HttpResponseMessage> SendAsync(Uri address, params JsonNode?[] events)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "any"), Accept = { new("application/json") } },
            Content = new StringContent(
                new JsonObject { ["event_group_id"] = "Pacc1234", ["events"] = new JsonArray(events) }.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task FireAsync(Uri address, string id)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var body = new StringContent(
            new JsonObject { ["event_group_id"] = "Pacc1234", ["event_name"] = "PURCHASE", ["event_id"] = id }.ToJsonString(), Encoding.UTF8, "text/plain");
        using var response = await client.PostAsync("/pixel", body, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
