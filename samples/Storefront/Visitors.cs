using Microsoft.AspNetCore.Http;
using Roku.Events;

namespace Storefront;

// What a visitor said, in two cookies that the page sets. Who said nothing has not agreed.
internal sealed class Visitors(string withoutConsent)
{
    private readonly RokuConsent _withoutConsent = Enum.Parse<RokuConsent>(withoutConsent, ignoreCase: true);

    public RokuConsent ConsentOf(HttpContext context)
    {
        var cookies = context.Request.Cookies;
        return cookies["consent"] != "yes" ? _withoutConsent
            : cookies["limited"] == "yes" ? RokuConsent.Limited
            : RokuConsent.Granted;
    }
}
