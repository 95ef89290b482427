using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roku.Events.Emulator;

// What must stay right when the record forgets: sums, and the kinds of problem met. Its caller takes care that one thread at a time is here.
internal sealed partial class LiveFigures
{
    private const int MaxKinds = 300;
    private const int MaxWithoutValue = 10_000;

    // No order is worth more; it keeps the sums from overflowing.
    private const decimal LargestValue = 1_000_000_000_000_000m;

    private readonly Dictionary<string, decimal> _revenue = [];
    private readonly Dictionary<(string Code, string Field, bool IsWarning), Kind> _kinds = [];
    private readonly HashSet<(string Group, string Name, string Id)> _withoutValue = [];
    private readonly Timeline _byArrival = new();
    private readonly Timeline _byTime = new();

    public long Version { get; private set; }

    public void Add(ReceivedEvent received)
    {
        var (currency, value) = RevenueOf(received);
        if (currency is not null)
        {
            _revenue[currency] = _revenue.GetValueOrDefault(currency) + value;
        }

        _byArrival.Add(received.ReceivedAt.ToUnixTimeSeconds(), currency, value);
        _byTime.Add(received.Time.ToUnixTimeSeconds(), currency, value);
    }

    public void Add(ReceivedRequest request)
    {
        foreach (var problem in request.Problems)
        {
            Add(problem, isWarning: false);
        }

        foreach (var warning in request.Warnings)
        {
            Add(warning, isWarning: true);
        }
    }

    public byte[] ToJson(long after)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("revenue"u8);
            foreach (var (currency, sum) in _revenue)
            {
                writer.WriteNumber(currency, sum);
            }

            writer.WriteEndObject();
            WriteTimeline(writer, "byArrival", _byArrival);
            WriteTimeline(writer, "byTime", _byTime);
            WriteKinds(writer, after);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // What a shop earned, once for each event: the names under which money changes hands.
    private (string? Currency, decimal Value) RevenueOf(ReceivedEvent received)
    {
        if (received.Name is not ("PURCHASE" or "SUBSCRIBE" or "SUBSCRIPTION_RENEWAL" or "DONATE"))
        {
            return default;
        }

        var (currency, value) = ValueOf(received.Json);
        return IsFirstWithValue(received, currency is not null) ? (currency, value) : default;
    }

    // A pixel often fires without the value that the server's event brings after it.
    private bool IsFirstWithValue(ReceivedEvent received, bool hasValue)
    {
        var key = (received.EventGroupId, received.Name, received.Id ?? "");
        if (received.IsDuplicate)
        {
            return hasValue && _withoutValue.Remove(key);
        }

        if (!hasValue && received.Id is not null && _withoutValue.Count < MaxWithoutValue)
        {
            _withoutValue.Add(key);
        }

        return hasValue;
    }

    private static (string? Currency, decimal Value) ValueOf(JsonElement received) =>
        received.TryGetProperty("custom_data"u8, out var data)
        && data.TryGetProperty("value"u8, out var number)
        && number.TryGetDecimal(out var value)
        && Math.Abs(value) <= LargestValue
            ? (data.TryGetProperty("currency"u8, out var currency) ? currency.GetString()! : "", value)
            : default;

    private static void WriteTimeline(Utf8JsonWriter writer, string name, Timeline timeline)
    {
        writer.WriteStartObject(name);
        timeline.Write(writer);
        writer.WriteEndObject();
    }

    private void Add(RequestProblem problem, bool isWarning)
    {
        var field = ArrayIndex().Replace(problem.Field ?? "", "[]");
        if (!_kinds.TryGetValue((problem.Code, field, isWarning), out var kind))
        {
            // A caller may invent any number of field names.
            field = _kinds.Count < MaxKinds ? field : "";
            if (!_kinds.TryGetValue((problem.Code, field, isWarning), out kind))
            {
                _kinds.Add((problem.Code, field, isWarning), kind = new Kind(_kinds.Count));
            }
        }

        kind.Count++;
        kind.Latest = problem;
        kind.Version = ++Version;
    }

    private void WriteKinds(Utf8JsonWriter writer, long after)
    {
        writer.WriteStartArray("problems"u8);
        foreach (var ((code, field, isWarning), kind) in _kinds)
        {
            if (kind.Version > after)
            {
                var (rule, fix) = Advice.For(code, field);
                writer.WriteStartObject();
                writer.WriteNumber("key"u8, kind.Number);
                writer.WriteString("code"u8, code);
                writer.WriteString("field"u8, field);
                writer.WriteBoolean("warning"u8, isWarning);
                writer.WriteNumber("count"u8, kind.Count);
                writer.WriteString("message"u8, kind.Latest!.Message);
                writer.WriteString("id"u8, Quote.Cut(kind.Latest.EventId ?? ""));
                writer.WriteString("rule"u8, rule);
                writer.WriteString("fix"u8, fix);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex ArrayIndex();

    private sealed class Kind(int number)
    {
        public int Number => number;

        public long Count { get; set; }

        public long Version { get; set; }

        public RequestProblem? Latest { get; set; }
    }
}
