using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Roku.Events.Emulator;

internal sealed class EmulatorAnswer
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    private EmulatorAnswer(HttpStatusCode status, string contentType, ReadOnlyMemory<byte> body, IReadOnlyList<RequestProblem> problems)
    {
        Status = status;
        Problems = problems;
        ContentType = contentType;
        Body = body;
    }

    public HttpStatusCode Status { get; }

    public IReadOnlyList<RequestProblem> Problems { get; }

    public string ContentType { get; }

    public ReadOnlyMemory<byte> Body { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    // How the answer goes over the wire, or does not.
    public EmulatorFault? Fault { get; private init; }

    public EmulatorAnswer Spoiled(EmulatorFault fault, ReadOnlyMemory<byte> body, string? contentType = null)
    {
        var spoiled = new EmulatorAnswer(Status, contentType ?? ContentType, body, Problems) { Fault = fault };
        spoiled._headers.AddRange(_headers);
        return spoiled;
    }

    public static EmulatorAnswer Accepted(int events) =>
        Json(HttpStatusCode.OK, [], writer => writer.WriteNumber("events_received"u8, events));

    public static EmulatorAnswer Error(HttpStatusCode status, RequestProblem problem) =>
        Json(status, [problem], writer => WriteError(writer, problem.Code, problem.Field, problem.Message));

    // events_received counts arrivals, refused ones included: the reading a client must not trip over (roku-api.md, "Response").
    public static EmulatorAnswer PartlyAccepted(int events, IReadOnlyList<RequestProblem> problems, FailedEventsShape shape) =>
        Json((HttpStatusCode)210, problems, writer =>
        {
            writer.WriteNumber("events_received"u8, events);
            FailedEvents.Write(writer, problems, shape);
        });

    public static EmulatorAnswer Refused(int events, int invalid, IReadOnlyList<RequestProblem> problems, FailedEventsShape shape) =>
        Json(HttpStatusCode.BadRequest, problems, writer =>
        {
            WriteError(writer, ProblemCode.InvalidEvents, "events", $"{invalid} of {events} events are invalid; none was accepted.");
            FailedEvents.Write(writer, problems, shape);
        });

    public static EmulatorAnswer Text(HttpStatusCode status, string body) =>
        new(status, body.AsSpan().TrimStart() is ['{' or '[', ..] ? "application/json" : "text/plain", Encoding.UTF8.GetBytes(body), []);

    public EmulatorAnswer AddHeader(string name, string value)
    {
        _headers.Add(new(name, value));
        return this;
    }

    private static EmulatorAnswer Json(HttpStatusCode status, IReadOnlyList<RequestProblem> problems, Action<Utf8JsonWriter> writeMembers)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code"u8, (int)status);
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return new(status, "application/json", buffer.WrittenMemory, problems);
    }

    public static void WriteError(Utf8JsonWriter writer, string code, string? field, string message)
    {
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, code);
        if (field is not null)
        {
            writer.WriteString("field"u8, field);
        }

        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
    }
}
