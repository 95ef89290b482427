using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events;

/// <summary>Maps an endpoint that takes events from the pages of a site.</summary>
public static class RokuEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>POST</c> of a pattern: a page posts there the event that its pixel sends, under the same <c>event_id</c>, and the server sends it too,
    /// with the time, the client address, the user agent and the pixel's cookie that it sees itself.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The route, such as <c>/collect</c>.</param>
    /// <param name="configure">What is taken, and from whom; null for the defaults.</param>
    /// <returns>The endpoint's conventions, such as <c>RequireCors</c>.</returns>
    /// <remarks>
    /// <para>
    /// The body is JSON by Roku's names, as <c>application/json</c> or <c>text/plain</c> (<c>navigator.sendBeacon</c>), of at most 16 KB: <c>event_name</c> and
    /// <c>event_id</c> (1 to 128 letters, digits and <c>. _ : -</c>), which are required, <c>event_source_url</c> (or the pixel's <c>event_source_URL</c>; the
    /// Referer header when left out), <c>referrer_url</c>, <c>custom_data</c>, and <c>user_data</c> where
    /// <see cref="RokuCollectOptions.UserDataFields"/> allows it. Queries are cut from addresses as <see cref="RokuEventBuilderRequestExtensions.FromRequest"/> does.
    /// </para>
    /// <para>
    /// It answers 202 (enqueued), 204 (dropped: consent is denied), and with problem details, which name fields and never repeat a value, 400 (a field is
    /// wrong or not allowed), 403 (another site's page, or no antiforgery token), 413, 415 (without details where routing says so), 429 with
    /// <c>Retry-After</c>, and 503 when the queue had no room for a second, the durable outbox does not work, or the application is shutting down.
    /// </para>
    /// <para>The check of the origin keeps out pages of other sites; a program can send any header, and is held by the lists and the rate limit alone.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">An option is wrong; the message names it, the rule and the fix.</exception>
    /// <exception cref="InvalidOperationException">A service that an option asks for was not added.</exception>
    public static IEndpointConventionBuilder MapRokuEvents(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Action<RokuCollectOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new RokuCollectOptions();
        configure?.Invoke(options);
        CollectOptionsRules.Check(options);
        CheckServices(endpoints.ServiceProvider, options);
        var time = endpoints.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        RequestDelegate answer = new CollectEndpoint(options, time).AnswerAsync;
        var conventions = endpoints.MapPost(pattern, answer);

        // Descriptions of an API leave out endpoints without a method.
        conventions.WithMetadata(
            answer.Method,
            new AcceptsMetadata(["application/json", "text/plain"]),
            Produces(StatusCodes.Status202Accepted),
            Produces(StatusCodes.Status204NoContent));
        foreach (var status in new[] { 400, 403, 413, 415, 429, 503 })
        {
            conventions.WithMetadata(Produces(status, CollectAnswer.ContentType));
        }

        return conventions;
    }

    private static void CheckServices(IServiceProvider services, RokuCollectOptions options)
    {
        if (options.RequireAntiforgery && services.GetService<IAntiforgery>() is null)
        {
            throw new InvalidOperationException("RokuCollectOptions.RequireAntiforgery is true, but there is no IAntiforgery. Call services.AddAntiforgery().");
        }

        if (services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IBatchDispatcher), options.ClientName) == false)
        {
            throw new InvalidOperationException(options.ClientName.Length == 0
                ? "MapRokuEvents found no client to send events with. Call services.AddRokuEvents(), or set RokuCollectOptions.ClientName."
                : $"RokuCollectOptions.ClientName is '{options.ClientName}', but there is no such client. Call services.AddRokuEvents(\"{options.ClientName}\", …).");
        }
    }

    private static ProducesResponseTypeMetadata Produces(int status, params string[] contentTypes) =>
        new(status, typeof(void), contentTypes.Length == 0 ? null : contentTypes);
}
