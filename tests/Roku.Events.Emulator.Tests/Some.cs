using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Emulator.Tests;

internal static class Some
{
    public const string ApiKey = "key-of-the-shop";
    public const string Group = "Pacc12345678";
    public const string EmailDigest = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static FakeTimeProvider Clock() => new(Now);

    public static JsonObject Purchase(string? id = "ord-17") => new()
    {
        ["event_name"] = "PURCHASE",
        ["event_type"] = "conversion",
        ["event_time"] = Now.ToUnixTimeSeconds(),
        ["event_source"] = "website",
        ["event_id"] = id,
        ["user_data"] = new JsonObject { ["is_hashed"] = true, ["em"] = EmailDigest },
        ["custom_data"] = new JsonObject { ["value"] = 129.99, ["currency"] = "USD" },
    };

    public static string Batch(params JsonNode?[] events) =>
        new JsonObject { ["event_group_id"] = Group, ["events"] = new JsonArray(events) }.ToJsonString();

    public static string Purchases(int count) => Batch([.. Enumerable.Range(0, count).Select(i => Purchase($"ord-{i}"))]);

    public static string PaddedTo(int bytes)
    {
        var empty = Encoding.UTF8.GetByteCount(Batch(Padded(0)));
        return Batch(Padded(bytes - empty));

        static JsonObject Padded(int length)
        {
            var purchase = Purchase();
            purchase["referrer_url"] = new string('a', length);
            return purchase;
        }
    }

    public static HttpRequestMessage Request(string body, string path = "/v1/events", string key = ApiKey) => new(HttpMethod.Post, path)
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key), Accept = { new("application/json") } },
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
    };

    public static HttpClient Client(this RokuEmulator emulator) =>
        new(emulator.CreateHandler()) { BaseAddress = new Uri("https://events.ads.rokuapi.net") };

    public static async Task<Answer> SendAsync(this RokuEmulator emulator, HttpRequestMessage request)
    {
        using var client = emulator.Client();
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    public static Task<Answer> SendAsync(this RokuEmulator emulator, string body, string path = "/v1/events") =>
        emulator.SendAsync(Request(body, path));
}
