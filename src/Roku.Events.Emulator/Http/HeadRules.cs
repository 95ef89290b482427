using System.Net;
using System.Net.Http.Headers;

namespace Roku.Events.Emulator;

// What can be judged without the body: roku-api.md, "Transport", rows send, validate, auth and headers.
internal sealed class HeadRules(string? apiKey)
{
    public const string IngestPath = "/v1/events";
    private const string ValidatePath = "/v1/test_events";

    public EmulatorAnswer? Refuse(IncomingRequest request)
    {
        if (request.Path is not (IngestPath or ValidatePath))
        {
            return Error(HttpStatusCode.NotFound, ProblemCode.NotFound, $"There are only {IngestPath} and {ValidatePath}.");
        }

        if (request.Method != "POST")
        {
            return Error(HttpStatusCode.MethodNotAllowed, ProblemCode.MethodNotAllowed, "The method must be POST.")
                .AddHeader("Allow", "POST");
        }

        if (RefuseKey(request.Authorization) is { } message)
        {
            return Error(HttpStatusCode.Unauthorized, ProblemCode.Unauthorized, message).AddHeader("WWW-Authenticate", "Bearer");
        }

        if (!IsUtf8Json(request.ContentType))
        {
            return Error(HttpStatusCode.UnsupportedMediaType, ProblemCode.UnsupportedMediaType, "Content-Type must be application/json, in UTF-8.");
        }

        if (!string.IsNullOrEmpty(request.ContentEncoding))
        {
            return Error(HttpStatusCode.UnsupportedMediaType, ProblemCode.UnsupportedMediaType, "The body must not be compressed: no Content-Encoding is known.");
        }

        return request.Accept is null || AcceptsJson(request.Accept)
            ? null
            : Error(HttpStatusCode.NotAcceptable, ProblemCode.NotAcceptable, "Accept must allow application/json.");
    }

    // By HTTP a missing Accept means anything will do, so it cannot be refused.
    public static void Warn(IncomingRequest request, BatchReview review)
    {
        if (request.Accept is null)
        {
            review.Warn(ProblemCode.NotAcceptable, field: null, "Accept is missing; Roku's reference asks for application/json.");
        }
    }

    private static EmulatorAnswer Error(HttpStatusCode status, string code, string message) =>
        EmulatorAnswer.Error(status, new(code, field: null, message));

    private string? RefuseKey(string? authorization)
    {
        const string Scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return "Authorization must be 'Bearer' and the API key.";
        }

        var key = authorization.AsSpan(Scheme.Length).Trim();
        if (key.IsEmpty)
        {
            return "The API key is empty.";
        }

        return apiKey is null || key.SequenceEqual(apiKey) ? null : "The API key is not known.";
    }

    private static bool IsUtf8Json(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && "application/json".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
        && (type.CharSet is null || "utf-8".Equals(type.CharSet.Trim('"'), StringComparison.OrdinalIgnoreCase));

    private static bool AcceptsJson(string accept)
    {
        foreach (var range in accept.Split(','))
        {
            var end = range.IndexOf(';', StringComparison.Ordinal);
            var type = range.AsSpan(0, end < 0 ? range.Length : end).Trim();
            if (type is "*/*" or "application/*" || type.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
