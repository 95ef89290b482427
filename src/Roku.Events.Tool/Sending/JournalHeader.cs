using System.Text.Json;
using System.Text.Json.Serialization;

namespace Roku.Events.Tool.Sending;

// What a journal is of. Another file, mapping or destination has other chunks, or none of them sent.
internal sealed class JournalHeader
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public int Version { get; init; } = 1;

    public required string File { get; init; }

    // A hash of the file's length, beginning and end.
    public required string Content { get; init; }

    // A hash of all that decides how rows become events.
    public required string Mapping { get; init; }

    // The rules by which identifiers are hashed: a file goes out by the same from beginning to end.
    public required string Identifiers { get; init; }

    public required string EventGroupId { get; init; }

    public required Uri Endpoint { get; init; }

    public void CheckAgainst(JournalHeader written)
    {
        var difference =
            written.Version != Version ? "by another version of this tool"
            : written.Content != Content ? "of other content: the file has changed since"
            : written.Mapping != Mapping ? "with another mapping"
            : written.Identifiers != Identifiers ? $"with other rules for identifiers: {written.Identifiers}"
            : written.EventGroupId != EventGroupId ? $"for the event group {written.EventGroupId}"
            : written.Endpoint != Endpoint ? $"to {written.Endpoint}"
            : null;
        if (difference is not null)
        {
            throw new ToolException($"The journal beside {File} was written {difference}. Go on as you began, or put new rows into a file of their own; --restart forgets the journal and sends everything (again).");
        }
    }
}
