using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Roku.Events.Emulator;

// The browser's half of an event. Pages of other ports on this machine send it, so CORS lets them.
internal sealed class PixelEndpoint(RokuEmulatorOptions options, TimeProvider time, EmulatorRecord record)
{
    public const string Path = "/pixel";
    private const int MaxBytes = 16 * 1024;

    public async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!LocalCaller.IsHostLocal(request) || !LocalCaller.IsOriginLocal(request))
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        response.Headers.Vary = "Origin";
        if (request.Headers.Origin.Count > 0)
        {
            response.Headers.AccessControlAllowOrigin = request.Headers.Origin;

            // sendBeacon always sends along what cookies there are.
            response.Headers.AccessControlAllowCredentials = "true";
        }

        switch (request.Method)
        {
            case "OPTIONS":
                response.StatusCode = StatusCodes.Status204NoContent;
                response.Headers.AccessControlAllowMethods = "POST";
                response.Headers.AccessControlAllowHeaders = "Content-Type";
                return;
            case "POST":
                await TakeAsync(context).ConfigureAwait(false);
                return;
            default:
                response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                response.Headers.Allow = "POST, OPTIONS";
                return;
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        var receivedAt = time.GetUtcNow();
        var request = IncomingRequest.Of(context.Request);
        using var body = new BoundedBody(MaxBytes);
        var complete = await body.TryFillAsync(request, context.RequestAborted).ConfigureAwait(false);
        var (document, unreadable) = JsonText.Read(complete ? body.Written : default);
        using (document)
        {
            var review = new BatchReview(receivedAt);
            var refusal = Refuse(request, complete, unreadable, document, review);
            var status = refusal?.Status ?? HttpStatusCode.NoContent;
            ReceivedEvent[] accepted = refusal is null ? [Event(document!.RootElement, review)] : [];
            record.Add(
                new ReceivedRequest(request.Method, Path, receivedAt)
                {
                    Bytes = complete ? body.Length : request.ContentLength ?? body.Length,
                    EventGroupId = Text(document, "event_group_id"),
                    EventCount = document is null ? 0 : 1,
                    Status = status,
                    Problems = refusal?.Problems ?? [],
                    Warnings = review.Warnings,
                },
                accepted,
                rejected: review.FailedEvents.Count);
            await WriteAsync(context, status, refusal).ConfigureAwait(false);
        }
    }

    private EmulatorAnswer? Refuse(IncomingRequest request, bool complete, RequestProblem? unreadable, JsonDocument? document, BatchReview review)
    {
        if (!complete)
        {
            return EmulatorAnswer.Error(
                HttpStatusCode.RequestEntityTooLarge,
                new(ProblemCode.PayloadTooLarge, field: null, $"The body is larger than {MaxBytes} bytes."));
        }

        var mediaType = request.ContentType?.Split(';')[0].Trim();
        if (mediaType is not null && mediaType is not ("application/json" or "text/plain"))
        {
            return EmulatorAnswer.Error(
                HttpStatusCode.UnsupportedMediaType,
                new(ProblemCode.UnsupportedMediaType, field: null, "Content-Type must be application/json or text/plain."));
        }

        if (unreadable is not null)
        {
            return EmulatorAnswer.Error(HttpStatusCode.BadRequest, unreadable);
        }

        PixelRules.Check(document!.RootElement, review);
        if (review.Problems.Count > 0)
        {
            return EmulatorAnswer.Refused(events: 1, invalid: 1, review.Problems, FailedEventsShape.IndexAndEventId);
        }

        return options.EventGroupId is { } group && group != Text(document, "event_group_id")
            ? EmulatorAnswer.Error(HttpStatusCode.Forbidden, new(ProblemCode.Forbidden, "event_group_id", "The event group is not the one this emulator takes."))
            : null;
    }

    private static ReceivedEvent Event(JsonElement json, BatchReview review) =>
        new(json.Clone(), json.GetProperty("event_group_id"u8).GetString()!, review.ReceivedAt) { IsFromPixel = true, Warnings = review.Warnings };

    private static string? Text(JsonDocument? document, string name) =>
        document?.RootElement is { ValueKind: JsonValueKind.Object } root
        && root.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static async Task WriteAsync(HttpContext context, HttpStatusCode status, EmulatorAnswer? refusal)
    {
        context.Response.StatusCode = (int)status;
        if (refusal is not null)
        {
            context.Response.ContentType = refusal.ContentType;
            await context.Response.Body.WriteAsync(refusal.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
