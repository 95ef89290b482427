using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Roku.Events;

/// <summary>What <see cref="RokuEventBuilderRequestExtensions.FromRequest"/> takes from a request; set by <c>services.Configure&lt;RokuRequestOptions&gt;</c>.</summary>
public sealed class RokuRequestOptions
{
    /// <summary>Query parameters that stay in the address of the page and of its referrer. All others are dropped: they may name a person.</summary>
    /// <value>None. Names are compared without regard to case.</value>
    public ISet<string> KeptQueryParameters { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The first-party cookie of Roku's pixel, whose value is sent as <c>aFC</c> when there is consent. Roku does not publish its name: look it up in your browser.</summary>
    /// <value>Null: no cookie is read.</value>
    public string? PixelCookieName { get; set; }

    /// <summary>Whether the visitor agreed to be tracked. Without consent the cookie is not read, and the event carries the Limited Data Use flag.</summary>
    /// <value>What ASP.NET Core's own consent feature says (<c>UseCookiePolicy</c>); true where there is none.</value>
    public Func<HttpContext, bool> HasConsent { get; set; } = static context => context.Features.Get<ITrackingConsentFeature>()?.CanTrack ?? true;
}
