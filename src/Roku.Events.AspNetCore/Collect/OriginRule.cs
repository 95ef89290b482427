using Microsoft.AspNetCore.Http;

namespace Roku.Events;

// Whose pages may post. Browsers let a page post to any site, but say in a header that it cannot change where it comes from.
internal sealed class OriginRule(IEnumerable<string> allowedOrigins)
{
    private readonly Uri[] _allowed = [.. allowedOrigins.Select(origin => new Uri(origin))];

    public static bool IsOrigin(string origin) =>
        PageAddress.TryWeb(origin, out var address) && address is { UserInfo: "", PathAndQuery: "/", Fragment: "" } && !origin.EndsWith('/');

    // A sandboxed page sends "null", which is no address. Without either header it is no page that posts, or one whose site hides it.
    public bool Allows(HttpRequest request)
    {
        var sender = request.Headers.Origin.Count > 0 ? request.Headers.Origin : request.Headers.Referer;
        return PageAddress.TryWeb(sender, out var address) && IsOurs(address, request);
    }

    public bool IsOurs(Uri address, HttpRequest request) =>
        Array.Exists(_allowed, origin => origin.Scheme == address.Scheme && IsSameHost(origin, address)) || IsHostOf(request, address);

    // Behind a proxy that ends TLS a request looks like http though its page is https; the other way round it is no page of ours.
    private static bool IsHostOf(HttpRequest request, Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps || !request.IsHttps)
        && Uri.TryCreate($"{address.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own)
        && IsSameHost(own, address);

    private static bool IsSameHost(Uri one, Uri other) =>
        one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);
}
