using System.Text.Json;

namespace Roku.Events.Emulator;

// roku-api.md, "Request body": { "event_group_id": "…", "events": [ … ] } and nothing else.
internal sealed class BatchEnvelope : IDisposable
{
    private readonly JsonDocument? _document;

    private BatchEnvelope(JsonDocument? document, RequestProblem? problem)
    {
        _document = document;
        Problem = problem;
    }

    public RequestProblem? Problem { get; private set; }

    public string? EventGroupId { get; private set; }

    public JsonElement Events { get; private set; }

    public int EventCount { get; private set; }

    public static BatchEnvelope Read(ReadOnlyMemory<byte> body)
    {
        var (document, problem) = JsonText.Read(body);
        var envelope = new BatchEnvelope(document, problem);
        if (document is not null)
        {
            envelope.ReadMembers();
        }

        return envelope;
    }

    public void Dispose() => _document?.Dispose();

    private void ReadMembers()
    {
        var root = _document!.RootElement;
        if (root.ValueKind is not JsonValueKind.Object)
        {
            Refuse(field: null, "The body must be an object with event_group_id and events.");
            return;
        }

        JsonElement? group = null;
        JsonElement? events = null;
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("event_group_id"u8))
            {
                RefuseSecond(group, "event_group_id");
                group = member.Value;
            }
            else if (member.NameEquals("events"u8))
            {
                RefuseSecond(events, "events");
                events = member.Value;
            }
            else
            {
                Refuse(Quote.Cut(member.Name), $"{Quote.Cut(member.Name)} is not a member of the request; there are only event_group_id and events.");
            }
        }

        if (group is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } id)
        {
            EventGroupId = id;
        }
        else
        {
            Refuse("event_group_id", "event_group_id must be a string that is not empty.");
        }

        if (events is { ValueKind: JsonValueKind.Array } array)
        {
            Events = array;
            EventCount = array.GetArrayLength();
        }
        else
        {
            Refuse("events", "events must be an array.");
        }
    }

    private void RefuseSecond(JsonElement? first, string name)
    {
        if (first is not null)
        {
            Refuse(name, $"{name} appears more than once.");
        }
    }

    private void Refuse(string? field, string message) => Problem ??= new(ProblemCode.InvalidEnvelope, field, message);
}
