using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Roku.Events;

// Cheap checks first, so that what is refused costs little: count, origin, form; only then the body.
internal sealed class CollectEndpoint(RokuCollectOptions options, TimeProvider time)
{
    private static readonly TimeSpan EnqueuePatience = TimeSpan.FromSeconds(1);

    private readonly CallerLimit _limit = new(options.RequestsPerMinute, time);
    private readonly OriginRule _origins = new(options.AllowedOrigins);

    public async Task AnswerAsync(HttpContext context)
    {
        var answer = await RefuseAsync(context).ConfigureAwait(false) ?? await TakeAsync(context).ConfigureAwait(false);
        await answer.WriteAsync(context).ConfigureAwait(false);
    }

    private async Task<CollectAnswer?> RefuseAsync(HttpContext context)
    {
        if (_limit.Take(context.Connection.RemoteIpAddress) is { } wait)
        {
            return new(StatusCodes.Status429TooManyRequests, "Too many posts from this address; wait as long as Retry-After says.") { RetryAfter = wait };
        }

        if (!options.RequireAntiforgery && !_origins.Allows(context.Request))
        {
            return new(StatusCodes.Status403Forbidden, "The post comes from no page of this site. Its Origin, or Referer, must be this host's or one of RokuCollectOptions.AllowedOrigins.");
        }

        if (options.RequireAntiforgery && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context).ConfigureAwait(false))
        {
            return new(StatusCodes.Status403Forbidden, "The antiforgery token is missing or not valid. Send it as a header, with its cookie.");
        }

        return IsJson(context.Request)
            ? null
            : new(StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json or text/plain, in UTF-8.");
    }

    private async Task<CollectAnswer> TakeAsync(HttpContext context)
    {
        var consent = Consent(context);
        if (consent is not (RokuConsent.Granted or RokuConsent.Limited))
        {
            return CollectAnswer.Dropped;
        }

        using var body = new PostedBody();
        if (!await body.TryReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false))
        {
            return new(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {PostedBody.MaxBytes} bytes.");
        }

        using var document = PostedJson.TryParse(body.Json);
        if (document is null)
        {
            return new(StatusCodes.Status400BadRequest, "The body must be one JSON object, no field given twice, of well-formed Unicode text.");
        }

        var posted = new PostedEvent(options, _origins, context);
        var hasher = context.RequestServices.GetRequiredKeyedService<IdentifierHasher>(options.ClientName);
        return posted.Read(document.RootElement, consent, name => RokuEvent.Create(name, hasher, time)) is { } rokuEvent
            ? await EnqueueAsync(context, rokuEvent).ConfigureAwait(false)
            : CollectAnswer.Invalid(posted.Problems);
    }

    private RokuConsent Consent(HttpContext context) =>
        options.Consent is { } ask ? ask(context)
        : RokuEventBuilderRequestExtensions.Options(context).HasConsent(context) ? RokuConsent.Granted
        : RokuConsent.Limited;

    private async Task<CollectAnswer> EnqueueAsync(HttpContext context, RokuEventBuilder rokuEvent)
    {
        if (options.OnCollect is { } enrich)
        {
            await enrich(context, rokuEvent).ConfigureAwait(false);
        }

        try
        {
            // Not the request's token: a page that closes has posted its event all the same.
            using var patience = new CancellationTokenSource(EnqueuePatience, time);
            var dispatcher = context.RequestServices.GetRequiredKeyedService<IBatchDispatcher>(options.ClientName);
            await dispatcher.EnqueueAsync(rokuEvent.Build(), patience.Token).ConfigureAwait(false);
            return CollectAnswer.Taken;
        }
        catch (RokuEventValidationException e)
        {
            return CollectAnswer.Invalid([.. e.Problems.Select(problem => new PostProblem(problem.Path, problem.Message))]);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            return new(StatusCodes.Status503ServiceUnavailable, "The event cannot be taken now.");
        }
    }

    // text/plain is what sendBeacon sends a text as.
    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
