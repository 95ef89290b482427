using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Roku.Events.Emulator;

// The page at / and what it asks for under /live/.
internal sealed class LiveSite(RokuEmulatorOptions options, EmulatorRecord record, EventsEndpoint endpoint)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // Non-ASCII text stays readable; nothing here is put into HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LiveFeed _feed = new(record, endpoint, new LiveAbout(options));

    public static bool Owns(HttpRequest request) =>
        request.Path.StartsWithSegments("/live", StringComparison.Ordinal) || (request.Path == "/" && request.Method is "GET" or "HEAD");

    public async Task AnswerAsync(HttpContext context, CancellationToken stopping)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (!LocalCaller.IsHostLocal(request) || !LocalCaller.IsSameOrigin(request))
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await AnswerAsync(context, request.Path.Value!, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private Task AnswerAsync(HttpContext context, string path, CancellationToken cancellationToken) => (context.Request.Method, path) switch
    {
        ("POST", "/live/clear") => Clear(context.Response),
        ("POST", "/live/faults") => SwitchFault(context),
        ("GET", "/live/feed") => _feed.SendAsync(context, cancellationToken),
        ("GET", "/live/events.jsonl") => ExportAsync(context, cancellationToken),
        ("GET", _) when path.StartsWith("/live/events/", StringComparison.Ordinal) => ShowEventAsync(context, path["/live/events/".Length..], cancellationToken),
        ("GET" or "HEAD", _) when LiveAsset.At(path) is { } asset => asset.SendAsync(context, cancellationToken),
        _ => Status(context.Response, StatusCodes.Status404NotFound),
    };

    private Task Clear(HttpResponse response)
    {
        record.Clear();
        return Status(response, StatusCodes.Status204NoContent);
    }

    private Task SwitchFault(HttpContext context)
    {
        if (StandingFault.Named(context.Request.Query["fault"]) is not { } fault)
        {
            return Status(context.Response, StatusCodes.Status400BadRequest);
        }

        endpoint.Standing = fault;
        record.TellPages();
        return Status(context.Response, StatusCodes.Status204NoContent);
    }

    private async Task ShowEventAsync(HttpContext context, string number, CancellationToken cancellationToken)
    {
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || record.FindEvent(n) is not { } received)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/json";
        var writer = new Utf8JsonWriter(context.Response.BodyWriter, Readable);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("group"u8, received.EventGroupId);
            writer.WriteStartArray("warnings"u8);
            foreach (var warning in received.Warnings)
            {
                WriteWarning(writer, warning);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("json"u8);
            HashMask.Write(writer, received.Json, AsksForFullHashes(context));
            writer.WriteEndObject();
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void WriteWarning(Utf8JsonWriter writer, RequestProblem warning)
    {
        var (rule, fix) = Advice.For(warning.Code, warning.Field ?? "");
        writer.WriteStartObject();
        writer.WriteString("message"u8, warning.Message);
        writer.WriteString("rule"u8, rule);
        writer.WriteString("fix"u8, fix);
        writer.WriteEndObject();
    }

    private async Task ExportAsync(HttpContext context, CancellationToken cancellationToken)
    {
        const int EventsInAFlush = 100;
        var isFull = AsksForFullHashes(context);
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"roku-events.jsonl\"";
        var body = context.Response.BodyWriter;
        var unflushed = 0;
        foreach (var received in record.Events())
        {
            using (var writer = new Utf8JsonWriter(body, Readable))
            {
                HashMask.Write(writer, received.Json, isFull);
            }

            body.GetSpan(1)[0] = (byte)'\n';
            body.Advance(1);
            if (++unflushed == EventsInAFlush)
            {
                await body.FlushAsync(cancellationToken).ConfigureAwait(false);
                unflushed = 0;
            }
        }
    }

    private static bool AsksForFullHashes(HttpContext context) => context.Request.Query["hashes"] == "full";

    private static Task Status(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }
}
