using Microsoft.AspNetCore.Http;
using Roku.Events;

namespace Storefront;

// What a visitor said, in two cookies that the page sets. Who said nothing has not agreed.
internal sealed class Visitors(string withoutConsent)
{
    private readonly RokuConsent _withoutConsent = withoutConsent switch
    {
        "limited" => RokuConsent.Limited,
        "denied" => RokuConsent.Denied,
        _ => throw new ArgumentException($"without-consent is '{withoutConsent}'. Use limited or denied."),
    };

    public RokuConsent ConsentOf(HttpContext context)
    {
        var cookies = context.Request.Cookies;
        return cookies["consent"] != "yes" ? _withoutConsent
            : cookies["limited"] == "yes" ? RokuConsent.Limited
            : RokuConsent.Granted;
    }
}
