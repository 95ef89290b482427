using System.Net;
using System.Text.Json.Nodes;

namespace Roku.Events.Emulator.Tests;

internal static class Spoiling
{
    public static JsonObject With(this JsonObject purchase, string path, string json)
    {
        var (parent, name) = Find(purchase, path);
        parent[name] = JsonNode.Parse(json);
        return purchase;
    }

    public static JsonObject Without(this JsonObject purchase, string path)
    {
        var (parent, name) = Find(purchase, path);
        parent.Remove(name);
        return purchase;
    }

    public static async Task AcceptsAsync(this RokuEmulator emulator, JsonObject purchase)
    {
        var answer = await emulator.SendAsync(Some.Batch(purchase));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(Assert.Single(emulator.Requests).Warnings);
    }

    public static async Task WarnsAsync(this RokuEmulator emulator, JsonObject purchase, string path)
    {
        var answer = await emulator.SendAsync(Some.Batch(purchase));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var warning = Assert.Single(Assert.Single(emulator.Requests).Warnings);
        Assert.Equal((path, "ord-17", 0), (warning.Field, warning.EventId, warning.EventIndex));
    }

    public static async Task RefusesAsync(this RokuEmulator emulator, JsonObject spoiled, string code, string path, string message)
    {
        var answer = await emulator.SendAsync(Some.Batch(Some.Purchase("good"), spoiled));

        Assert.Equal((HttpStatusCode)210, answer.Status);
        Assert.Equal("good", Assert.Single(emulator.Events).Id);
        var failure = Assert.Single(answer.Json["failed_events"]!.AsArray())!;
        Assert.Equal((1, code, path), ((int?)failure["index"], (string?)failure["error"]!["code"], (string?)failure["error"]!["field"]));
        Assert.Contains(message, (string?)failure["error"]!["message"], StringComparison.Ordinal);

        var problem = Assert.Single(Assert.Single(emulator.Requests).Problems);
        Assert.Equal((path, 1), (problem.Field, problem.EventIndex));
    }

    private static (JsonObject Parent, string Name) Find(JsonObject purchase, string path) =>
        path.Split('.') is [var parent, var name] ? (purchase[parent]!.AsObject(), name) : (purchase, path);
}
