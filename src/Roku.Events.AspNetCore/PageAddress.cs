using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Roku.Events;

// Addresses of pages go to Roku plain, so whatever may name a person is cut off first.
internal static class PageAddress
{
    public static string? Clean(string? address, RokuRequestOptions options) =>
        TryWeb(address, out var web)
            ? web.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) + Kept(QueryHelpers.ParseQuery(web.Query), options)
            : null;

    public static bool TryWeb(string? address, out Uri web) =>
        Uri.TryCreate(address, UriKind.Absolute, out web!) && (web.Scheme == Uri.UriSchemeHttp || web.Scheme == Uri.UriSchemeHttps);

    public static QueryString Kept(IEnumerable<KeyValuePair<string, StringValues>> query, RokuRequestOptions options) =>
        QueryString.Create(query.Where(parameter => options.KeptQueryParameters.Contains(parameter.Key)));
}
