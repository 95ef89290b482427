using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roku.Events;

internal enum AnswerKind
{
    // All events are accepted but those that Failures names.
    Accepted,

    // No event is accepted, because some are wrong: those that Failures names, if it names any.
    Refused,

    // 401 or 403: nothing will pass until the key changes.
    Unauthorized,

    // The service, or the way to it, does not work now.
    Unavailable,
}

// One answer of Roku, read leniently: the shape of failed_events is not published.
internal sealed partial class RokuAnswer
{
    private const int MaxReasonLength = 300;
    private const int MaxReadReasonLength = 2_000;
    private static readonly string[] NamesOfFailures = ["failed_events"];
    private static readonly string[] NamesOfRefusals = ["failed_events", "errors", "error_details", "details"];

    public required AnswerKind Kind { get; init; }

    public required string Reason { get; init; }

    // The status, or the kind of error where none came: what a metric may carry.
    public required string Code { get; init; }

    public IReadOnlyList<Failure> Failures { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }

    // The key that Roku refused. Nothing else here is secret, and this is never shown.
    public string? RefusedKey { get; private init; }

    public static RokuAnswer Read(HttpStatusCode status, ReadOnlySpan<byte> body, TimeSpan? retryAfter, string apiKey)
    {
        var (failures, message) = ReadBody(body, (int)status < 300 ? NamesOfFailures : NamesOfRefusals);
        var reason = Redact($"HTTP {(int)status}{(message is null ? "" : ": " + message)}", apiKey);
        var kind = (int)status switch
        {
            401 or 403 => AnswerKind.Unauthorized,

            // A partial success that does not say which events failed leaves the batch unresolved.
            210 when failures is null => AnswerKind.Refused,
            >= 200 and < 300 => AnswerKind.Accepted,
            400 or 413 or 422 => AnswerKind.Refused,

            // 404, 405, 3xx and their like speak of the address, not of the events: keep them.
            _ => AnswerKind.Unavailable,
        };
        return new RokuAnswer
        {
            Kind = kind,
            Reason = reason,
            Code = ((int)status).ToString(CultureInfo.InvariantCulture),
            Failures = failures?.ConvertAll(failure => failure with { Reason = Redact(failure.Reason, apiKey) }) ?? [],
            RetryAfter = retryAfter,
            RefusedKey = kind == AnswerKind.Unauthorized ? apiKey : null,
        };
    }

    // A partial success that leaves open which events failed: narrowing the batch down tells.
    public RokuAnswer AsRefusal() => new() { Kind = AnswerKind.Refused, Reason = Reason, Code = Code, Failures = Failures };

    public static RokuAnswer NoAnswer(Exception exception)
    {
        var code = exception switch
        {
            HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => http.HttpRequestError.ToString(),
            OperationCanceledException or TimeoutException or Polly.Timeout.TimeoutRejectedException => "Timeout",
            _ => exception.GetType().Name,
        };
        return new RokuAnswer
        {
            Kind = AnswerKind.Unavailable,
            Reason = code == "Timeout" ? "no answer in time" : $"no answer: {code}",
            Code = code,
        };
    }

    // Text of a server may quote what it was sent; reports and logs show what is wrong, never with whom.
    private static string Redact(string text, string apiKey)
    {
        text = text.Replace(apiKey, "[redacted]", StringComparison.Ordinal);
        if (text.Length > MaxReadReasonLength)
        {
            // Not inside a word: half an address would not be recognized.
            var cut = text.LastIndexOf(' ', MaxReadReasonLength);
            text = text[..(cut > 0 ? cut : MaxReadReasonLength)];
        }

        text = PersonalPattern().Replace(text, "[redacted]");
        return text.Length <= MaxReasonLength ? text : text[..MaxReasonLength] + "…";
    }

    [GeneratedRegex("""[^\s"'<>]+@[^\s"'<>]+|\b[0-9a-fA-F]{32,}\b|\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,}|\+?\d[\d\s().-]{6,}\d|\p{Cc}""")]
    private static partial Regex PersonalPattern();

    [GeneratedRegex("""\\u[dD][89a-fA-F][0-9a-fA-F]{2}""")]
    private static partial Regex HalfSurrogate();

    private static (List<Failure>? Failures, string? Message) ReadBody(ReadOnlySpan<byte> body, string[] failureLists, bool isMended = false)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { AllowTrailingCommas = true });
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, null);
            }

            foreach (var name in failureLists)
            {
                if (document.RootElement.TryGetProperty(name, out var list) && ReadFailures(list) is { } failures)
                {
                    return (failures, Describe(document.RootElement));
                }
            }

            return (null, Describe(document.RootElement));
        }
        catch (JsonException)
        {
            return (null, null);
        }
        catch (InvalidOperationException) when (!isMended)
        {
            // Text that is no Unicode, such as a message cut inside an emoji: read it with replacement characters.
            var text = HalfSurrogate().Replace(Encoding.UTF8.GetString(body), "\\ufffd");
            return ReadBody(Encoding.UTF8.GetBytes(text), failureLists, isMended: true);
        }
        catch (InvalidOperationException)
        {
            return (null, null);
        }
    }

    private static List<Failure>? ReadFailures(JsonElement list)
    {
        var failures = new List<Failure>();
        switch (list.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var entry in list.EnumerateArray())
                {
                    failures.Add(ReadFailure(entry));
                }

                return failures;

            // A map from index or id to error.
            case JsonValueKind.Object:
                foreach (var entry in list.EnumerateObject())
                {
                    failures.Add(new Failure(
                        int.TryParse(entry.Name, out var index) ? index : null,
                        entry.Name,
                        Describe(entry.Value) ?? "no reason given"));
                }

                return failures;
            default:
                return null;
        }
    }

    private static Failure ReadFailure(JsonElement entry) => entry.ValueKind switch
    {
        JsonValueKind.Object => new Failure(
            Number(entry, "index") ?? Number(entry, "event_index"),
            Text(entry, "event_id"),
            Describe(entry) ?? "no reason given"),
        JsonValueKind.Number when entry.TryGetInt32(out var index) => new Failure(index, null, "no reason given"),
        JsonValueKind.String => new Failure(null, entry.GetString(), entry.GetString()!),
        _ => new Failure(null, null, "no reason given"),
    };

    // The first of what the sibling APIs put errors into, with code and field where there are any.
    private static string? Describe(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Array:
                return element.GetArrayLength() == 0 ? null : string.Join("; ", element.EnumerateArray().Take(5).Select(Describe).OfType<string>());
            case JsonValueKind.Object:
                foreach (var name in (ReadOnlySpan<string>)["error", "errors", "error_message", "message", "reason", "detail"])
                {
                    if (element.TryGetProperty(name, out var inner) && Describe(inner) is { Length: > 0 } text)
                    {
                        var about = new StringBuilder();
                        about.Append(Text(element, "field") is { } field ? field + ": " : "").Append(text);
                        return about.Append(Text(element, "code") is { } code ? $" ({code})" : "").ToString();
                    }
                }

                return Text(element, "code");
            default:
                return null;
        }
    }

    private static int? Number(JsonElement entry, string name) =>
        !entry.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), out number) ? number
        : null;

    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        }
        : null;

    internal readonly record struct Failure(int? Index, string? EventId, string Reason);
}
