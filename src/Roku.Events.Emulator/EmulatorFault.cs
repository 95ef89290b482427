using System.Globalization;
using System.Net;
using System.Text;

namespace Roku.Events.Emulator;

/// <summary>One thing that goes wrong with a request: what the client sees, and whether the events were accepted all the same.</summary>
/// <remarks>
/// Over the network the connection really breaks, stalls or drips; in process an <see cref="HttpClient"/> sees the exceptions and streams that it would
/// see then. Waits go through the emulator's <see cref="TimeProvider"/>. Immutable and safe for use by many threads.
/// </remarks>
public sealed class EmulatorFault
{
    private readonly Func<EmulatorAnswer>? _refusal;
    private readonly Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? _body;

    private EmulatorFault(EmulatorFaultKind kind, Func<EmulatorAnswer>? refusal = null, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? body = null)
    {
        Kind = kind;
        _refusal = refusal;
        _body = body;
    }

    internal static IReadOnlyList<EmulatorFault> OneOfEveryKind { get; } =
    [
        Status(HttpStatusCode.ServiceUnavailable), Status(HttpStatusCode.InternalServerError), Status(HttpStatusCode.BadGateway),
        Status(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(2)), Status(HttpStatusCode.RequestTimeout),
        Delay(TimeSpan.FromSeconds(1)), Hang(), Reset(accepted: false), Reset(accepted: true), CutAnswer(), SlowAnswer(TimeSpan.FromMilliseconds(10)),
        CutJson(), WrongContentType(), HugeAnswer(100_000),
    ];

    internal EmulatorFaultKind Kind { get; }

    internal TimeSpan Wait { get; private init; }

    /// <summary>An answer with this status, and no event accepted.</summary>
    /// <param name="status">From 200 to 599.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header, rounded up to whole seconds; none when <see langword="null"/>.</param>
    /// <param name="body">The body as it is; a small JSON error when <see langword="null"/>. Left out with 204, 205 and 304, which have none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is out of range, or the time negative.</exception>
    public static EmulatorFault Status(HttpStatusCode status, TimeSpan? retryAfter = null, string? body = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)status, 200, nameof(status));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)status, 599, nameof(status));
        ArgumentOutOfRangeException.ThrowIfLessThan(retryAfter.GetValueOrDefault(), TimeSpan.Zero, nameof(retryAfter));
        return new(EmulatorFaultKind.None, () => Scripted(status, retryAfter, body));
    }

    /// <summary>The right answer, but late.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static EmulatorFault Delay(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new(EmulatorFaultKind.Delay) { Wait = time };
    }

    /// <summary>No answer until the client gives up, and no event accepted.</summary>
    public static EmulatorFault Hang() => new(EmulatorFaultKind.Hang, Nothing);

    /// <summary>The connection breaks before an answer.</summary>
    /// <param name="accepted">Whether the events were accepted before: what a client cannot know.</param>
    public static EmulatorFault Reset(bool accepted) => new(EmulatorFaultKind.Reset, accepted ? null : Nothing);

    /// <summary>Events accepted; the connection breaks in the middle of the answer's body.</summary>
    public static EmulatorFault CutAnswer() => new(EmulatorFaultKind.Cut);

    /// <summary>Events accepted; the body of the answer comes byte by byte.</summary>
    /// <param name="pause">The time before each byte.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static EmulatorFault SlowAnswer(TimeSpan pause)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pause, TimeSpan.Zero);
        return new(EmulatorFaultKind.Slow) { Wait = pause };
    }

    /// <summary>Events accepted; the right status, with the first half of its JSON and no more. Which events were invalid cannot be read from it.</summary>
    public static EmulatorFault CutJson() => new(EmulatorFaultKind.None, body: static body => body[..(body.Length / 2)]);

    /// <summary>Events accepted; the right status, with a page of HTML as its body. Which events were invalid cannot be read from it.</summary>
    public static EmulatorFault WrongContentType() => new(EmulatorFaultKind.Html, body: static _ => "<!DOCTYPE html><title>OK</title>"u8.ToArray());

    /// <summary>The right answer, with a message as long as told in front.</summary>
    /// <param name="bytes">From 0 to 100,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public static EmulatorFault HugeAnswer(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 100_000_000);
        return new(EmulatorFaultKind.None, body: body => Encoding.UTF8.GetBytes(
            string.Concat("{\"message\":\"", new string('m', bytes), "\",", Encoding.UTF8.GetString(body.Span).TrimStart('{'))));
    }

    // The answer instead of a look at the events; null when they are looked at.
    internal EmulatorAnswer? Refusal() => _refusal?.Invoke();

    internal EmulatorAnswer Spoil(EmulatorAnswer answer) =>
        answer.Spoiled(this, _body is null || answer.Body.IsEmpty ? answer.Body : _body(answer.Body), Kind == EmulatorFaultKind.Html ? "text/html" : null);

    private static EmulatorAnswer Nothing() => EmulatorAnswer.Text(HttpStatusCode.ServiceUnavailable, "");

    private static EmulatorAnswer Scripted(HttpStatusCode status, TimeSpan? retryAfter, string? body)
    {
        // A server that sends a body with these breaks HTTP.
        var mayHaveBody = status is not (HttpStatusCode.NoContent or HttpStatusCode.ResetContent or HttpStatusCode.NotModified);
        var text = body ?? $$$"""{"code":{{{(int)status}}},"error":{"code":"scripted","message":"This answer was scripted."}}""";
        var answer = EmulatorAnswer.Text(status, mayHaveBody ? text : "");
        if (retryAfter is { } wait)
        {
            // The header counts whole seconds; a fraction is rounded up so that nobody is told to come too early.
            answer.AddHeader("Retry-After", ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        }

        return answer;
    }
}

// What the two doors do with an answer.
internal enum EmulatorFaultKind
{
    None,
    Delay,
    Hang,
    Reset,
    Cut,
    Slow,
    Html,
}
