using System.Net;
using System.Text.Json.Nodes;

namespace Roku.Events.Emulator.Tests;

internal sealed class Answer
{
    public required HttpStatusCode Status { get; init; }

    public required string Body { get; init; }

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? ErrorCode => (string?)Json["error"]?["code"];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new()
    {
        Status = response.StatusCode,
        Body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
    };
}
