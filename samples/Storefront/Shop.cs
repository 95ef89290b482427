using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Roku.Events;
using Roku.Events.Emulator;

namespace Storefront;

// The shop's server: its pages, the endpoint that takes their events, and the checkout.
internal sealed class Shop : IAsyncDisposable
{
    private Shop(WebApplication app, RokuEmulator? emulator, Uri? emulatorAddress)
    {
        App = app;
        Emulator = emulator;
        EmulatorAddress = emulatorAddress;
    }

    public WebApplication App { get; }

    public RokuEmulator? Emulator { get; }

    public Uri? EmulatorAddress { get; }

    public string Address => App.Urls.First();

    public static async Task<Shop> StartAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = "wwwroot",
        });
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.WebHost.UseUrls("http://localhost:5081");
        }

        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var emulator = AddRoku(builder);
        configure?.Invoke(builder);
        var emulatorAddress = emulator is null
            ? null
            : await emulator.ListenAsync(int.Parse(builder.Configuration["emulator-port"] ?? "5080", CultureInfo.InvariantCulture));
        var app = builder.Build();
        MapPages(app, emulatorAddress);
        MapEvents(app);
        await app.StartAsync();
        return new Shop(app, emulator, emulatorAddress);
    }

    // The shop first: what it still has to send goes to the emulator.
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await (Emulator?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static RokuEmulator? AddRoku(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var visitors = new Visitors(builder.Configuration["without-consent"] ?? "limited");
        services.AddSingleton(visitors);
        services.AddAntiforgery();
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.Configure<RokuRequestOptions>(options => options.HasConsent = context => visitors.ConsentOf(context) == RokuConsent.Granted);

        // The pixel sends the same events, so ours must follow within minutes; one second, so that there is something to watch.
        services.Configure<RokuEventsOptions>(options => (options.Delivery.WithPixel, options.Batch.MaxAge) = (true, TimeSpan.FromSeconds(1)));
        var roku = services.AddRokuEvents();
        if (!string.IsNullOrEmpty(builder.Configuration["Roku:ApiKey"]))
        {
            return null;
        }

        var emulator = new RokuEmulator();
        roku.UseEmulator(emulator);
        return emulator;
    }

    private static void MapPages(WebApplication app, Uri? emulator)
    {
        var connect = emulator is null ? "'self'" : $"'self' {emulator.GetLeftPart(UriPartial.Authority)}";
        app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = $"default-src 'self'; connect-src {connect}; frame-ancestors 'none'";
            return next(context);
        });
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapGet("/shop.json", (HttpContext context) => ShopJson.Of(context, emulator));
    }

    private static void MapEvents(WebApplication app)
    {
        var visitors = app.Services.GetRequiredService<Visitors>();
        app.MapRokuEvents("/collect", options => options.Consent = visitors.ConsentOf);
        app.MapPost("/orders", Checkout.BuyAsync);
    }
}
