using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Roku.Events.Benchmarks;

// What an engineer writes in an afternoon: objects for the JSON, and hashing in three lines.
internal static class Naive
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string HashText(string text) => Hash(text.Trim().ToLowerInvariant());

    public static string HashPhone(string phone) => Hash(new string([.. phone.Where(char.IsAsciiDigit)]).TrimStart('0'));

    private static string Hash(string normalized) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(normalized))).ToLowerInvariant();
}

internal sealed class NaiveBatch
{
    public required string EventGroupId { get; init; }

    public required IReadOnlyList<NaiveEvent> Events { get; init; }
}

internal sealed class NaiveEvent
{
    public required string EventName { get; init; }

    public string EventType { get; init; } = "conversion";

    public required long EventTime { get; init; }

    public required string EventSource { get; init; }

    public required string EventId { get; init; }

    public required NaiveUser UserData { get; init; }

    public NaiveCustomData? CustomData { get; init; }
}

internal sealed class NaiveUser
{
    public bool IsHashed { get; init; } = true;

    [JsonPropertyName("em")]
    public string? Email { get; init; }

    [JsonPropertyName("ph")]
    public string? Phone { get; init; }

    [JsonPropertyName("fn")]
    public string? FirstName { get; init; }

    [JsonPropertyName("ln")]
    public string? LastName { get; init; }

    public string? ClientIpAddress { get; init; }

    public string? ClientUserAgent { get; init; }
}

internal sealed class NaiveCustomData
{
    public decimal? Value { get; init; }

    public string? Currency { get; init; }

    public string? OrderId { get; init; }

    public List<NaiveProduct>? Contents { get; init; }
}

internal sealed class NaiveProduct
{
    public required string Id { get; init; }

    public int Quantity { get; init; }

    public decimal ItemPrice { get; init; }
}
