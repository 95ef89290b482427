using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Roku.Events;

namespace Storefront;

// What the page needs to know of its shop.
internal static class ShopJson
{
    public static IResult Of(HttpContext context, Uri? emulator)
    {
        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        var roku = context.RequestServices.GetRequiredService<IOptions<RokuEventsOptions>>().Value;
        return Results.Json(new
        {
            Product.Currency,
            Products = Product.All,
            Token = antiforgery.GetAndStoreTokens(context).RequestToken,
            Emulator = emulator,
            Pixel = emulator is null ? null : new { Url = new Uri(emulator, "pixel"), roku.EventGroupId },
        });
    }
}
