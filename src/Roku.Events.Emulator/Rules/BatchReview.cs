using System.Globalization;
using System.Text.Json;

namespace Roku.Events.Emulator;

// Collects what the rules find, event by event. Messages start with the path of the field.
internal sealed class BatchReview(DateTimeOffset receivedAt)
{
    private readonly List<RequestProblem> _problems = [];
    private readonly List<RequestProblem> _warnings = [];
    private readonly HashSet<int> _failedEvents = [];
    private HashSet<string>? _unknownKeys;
    private JsonElement _event;
    private int? _index;
    private int _read;

    public DateTimeOffset ReceivedAt => receivedAt;

    public IReadOnlyList<RequestProblem> Problems => _problems;

    public IReadOnlyList<RequestProblem> Warnings => _warnings;

    public IReadOnlySet<int> FailedEvents => _failedEvents;

    // user_data.is_hashed of the event at hand; null when it is missing or no boolean.
    public bool? IsHashed { get; set; }

    public bool HasIdentifier { get; set; }

    // The position in the array at hand, which takes the place of [] in a path.
    public int Entry { get; set; }

    public void Begin(int index, JsonElement json)
    {
        _index = Entry = index;
        _event = json;
        IsHashed = null;
        HasIdentifier = false;
    }

    public void ForgetUnknownKeys() => _unknownKeys?.Clear();

    public bool IsNewUnknownKey(string key) => (_unknownKeys ??= []).Add(key);

    public void Refuse(string code, string field, string rest)
    {
        _problems.Add(Problem(code, field, rest));
        _failedEvents.Add(_index.GetValueOrDefault());
    }

    public void Warn(string code, string? field, string rest) => _warnings.Add(Problem(code, field, rest));

    public IReadOnlyList<RequestProblem> WarningsOf(int index)
    {
        // They come in the order of the events.
        while (_read < _warnings.Count && (_warnings[_read].EventIndex ?? -1) < index)
        {
            _read++;
        }

        var first = _read;
        while (_read < _warnings.Count && _warnings[_read].EventIndex == index)
        {
            _read++;
        }

        return first == _read ? [] : _warnings[first.._read];
    }

    private RequestProblem Problem(string code, string? field, string rest)
    {
        var path = field?.Replace("[]", string.Create(CultureInfo.InvariantCulture, $"[{Entry}]"), StringComparison.Ordinal);
        return new(code, path, path is null ? rest : $"{path} {rest}", _index, Text("event_id"u8))
        {
            EventName = Text("event_name"u8) is { } name ? Quote.Cut(name) : null,
        };
    }

    private string? Text(ReadOnlySpan<byte> name) =>
        _event.ValueKind is JsonValueKind.Object
        && _event.TryGetProperty(name, out var text)
        && text.ValueKind is JsonValueKind.String
            ? text.GetString()
            : null;
}
