using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Roku.Events;

// A status, and for a refusal problem details (RFC 9457), written here so that they look the same in every host and under native AOT.
internal sealed class CollectAnswer(int status, string? detail = null)
{
    public const string ContentType = "application/problem+json";

    public static CollectAnswer Taken { get; } = new(StatusCodes.Status202Accepted);

    public static CollectAnswer Dropped { get; } = new(StatusCodes.Status204NoContent);

    public TimeSpan? RetryAfter { get; init; }

    public IReadOnlyList<PostProblem> Problems { get; init; } = [];

    public static CollectAnswer Invalid(IReadOnlyList<PostProblem> problems) =>
        new(StatusCodes.Status400BadRequest, "The event has mistakes.") { Problems = problems };

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (detail is not null)
        {
            var body = Body();
            response.ContentType = ContentType;
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private ReadOnlyMemory<byte> Body()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
        writer.WriteNumber("status", status);
        writer.WriteString("detail", detail);
        if (Problems.Count > 0)
        {
            writer.WriteStartObject("errors");
            foreach (var field in Problems.GroupBy(problem => problem.Field, problem => problem.Rule))
            {
                writer.WriteStartArray(field.Key);
                foreach (var rule in field)
                {
                    writer.WriteStringValue(rule);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
