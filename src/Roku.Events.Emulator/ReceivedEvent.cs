using System.Text.Json;

namespace Roku.Events.Emulator;

/// <summary>An event that a <see cref="RokuEmulator"/> accepted through <c>POST /v1/events</c>, or from a page through its stand-in for the browser pixel.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class ReceivedEvent
{
    internal ReceivedEvent(JsonElement json, string eventGroupId, DateTimeOffset receivedAt)
    {
        Json = json;
        EventGroupId = eventGroupId;
        ReceivedAt = receivedAt;
        Name = json.GetProperty("event_name"u8).GetString()!;
        Id = json.TryGetProperty("event_id"u8, out var id) ? id.GetString() : null;
        Time = DateTimeOffset.FromUnixTimeSeconds(
            json.TryGetProperty("event_time"u8, out var time) ? time.GetInt64() : receivedAt.ToUnixTimeSeconds());
    }

    /// <summary>The <c>event_name</c>, such as <c>PURCHASE</c>.</summary>
    public string Name { get; }

    /// <summary>The <c>event_id</c>, or <see langword="null"/> when the event came without one.</summary>
    public string? Id { get; }

    /// <summary>The <c>event_time</c>: when the event happened, in UTC, to the second. A pixel does not send it: then it is when the event arrived.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The <c>event_group_id</c> that came with the event.</summary>
    public string EventGroupId { get; }

    /// <summary>When the event arrived, by the emulator's <see cref="TimeProvider"/>.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>
    /// Whether an event of the same group, name and id had arrived within the 10 minutes before. Roku counts the two
    /// once, whichever of the pixel and the server came first; the emulator remembers both. Always <see langword="false"/> for an event without an id.
    /// </summary>
    public bool IsDuplicate { get; internal set; }

    /// <summary>
    /// Whether a page sent the event to <c>POST /pixel</c>, the emulator's stand-in for the browser pixel, rather than a
    /// server to <c>POST /v1/events</c>.
    /// </summary>
    public bool IsFromPixel { get; internal init; }

    internal IReadOnlyList<RequestProblem> Warnings { get; init; } = [];

    /// <summary>The whole event as it was sent; it stays valid for as long as it is held.</summary>
    public JsonElement Json { get; }
}
