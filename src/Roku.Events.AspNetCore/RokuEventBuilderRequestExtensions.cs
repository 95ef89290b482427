using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Roku.Events;

/// <summary>Fills events from ASP.NET Core requests.</summary>
public static class RokuEventBuilderRequestExtensions
{
    /// <summary>
    /// Fills in what a request of the visitor's browser knows: <c>event_source</c> website, client address, user agent, page, referrer, and with
    /// consent the cookie of Roku's pixel; without it, the Limited Data Use flag.
    /// </summary>
    /// <param name="builder">The event. What is set afterwards, such as another page by <see cref="RokuEventBuilder.OnPage"/>, replaces what the request said.</param>
    /// <param name="context">
    /// The request. Behind a proxy its address is right only with <c>UseForwardedHeaders</c>, which decides whom to trust; headers such as
    /// <c>X-Forwarded-For</c> are not looked at here.
    /// </param>
    /// <remarks>
    /// Address and user agent are sent plain. Query strings, fragments and user names are cut from the addresses of page and referrer, except for
    /// <see cref="RokuRequestOptions.KeptQueryParameters"/>. A referrer that is no http address is left out.
    /// </remarks>
    public static RokuEventBuilder FromRequest(this RokuEventBuilder builder, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(context);
        var options = Options(context);
        return Fill(builder, context, options, options.HasConsent(context));
    }

    internal static RokuRequestOptions Options(HttpContext context) =>
        context.RequestServices?.GetService<IOptionsMonitor<RokuRequestOptions>>()?.CurrentValue ?? new RokuRequestOptions();

    internal static RokuEventBuilder Fill(RokuEventBuilder builder, HttpContext context, RokuRequestOptions options, bool hasConsent)
    {
        var request = context.Request;
        builder.From(EventSource.Website)
            .OnPage(Page(request, options), PageAddress.Clean(First(request.Headers.Referer), options))
            .WithUser(user => user
                .IpAddress(context.Connection.RemoteIpAddress)
                .UserAgent(First(request.Headers.UserAgent)));
        if (!hasConsent)
        {
            return builder.WithLimitedDataUse();
        }

        return options.PixelCookieName is { } name && request.Cookies.TryGetValue(name, out var cookie)
            ? builder.WithUser(user => user.PixelCookie(cookie))
            : builder;
    }

    private static string? Page(HttpRequest request, RokuRequestOptions options) => request.Host.HasValue
        ? UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, PageAddress.Kept(request.Query, options))
        : null;

    private static string? First(StringValues header) => header.Count > 0 ? header[0] : null;
}
