using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Quickstart;
using static Roku.Events.Browser.Tests.LivePage;
using static Roku.Events.Browser.Tests.Sample;

namespace Roku.Events.Browser.Tests;

// The README's picture, of a shop's month of real orders. It is written to where ROKU_EVENTS_SCREENSHOT says, or nowhere.
public sealed class PictureTests(Chromium chromium)
{
    [Fact]
    public async Task A_month_of_a_shop_fits_on_one_screen()
    {
        await using var live = await OpenAsync(chromium, options: new() { ViewportSize = new() { Width = 1280, Height = 800 }, ColorScheme = ColorScheme.Light, TimezoneId = "UTC" });
        await DeliverOrdersAsync(live.Address);
        await live.SendAsync(Order("539994").With("event_time", 1_730_017_211_000), Order("539995").With("opt_out", false));
        await FireAsync(live.Address, "order-539996");
        await live.SendAsync(Order("539996"));
        await live.ShowsAsync("refused", "2");
        await live.ShowsAsync("duplicates", "1");
        await live.Rows.Filter(new() { HasText = "order-539994" }).ClickAsync();
        await Expect(live.Detail).ToContainTextAsync("Fix: Divide milliseconds by 1,000");
        await Expect(live.Page.Locator("#plot")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("^1,402 events .* GBP"));
        Assert.True(await live.Page.EvaluateAsync<bool>("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"));

        if (Environment.GetEnvironmentVariable("ROKU_EVENTS_SCREENSHOT") is { Length: > 0 } path)
        {
            await live.Page.ScreenshotAsync(new() { Path = path });
        }
    }

    private static JsonObject Order(string number) =>
        Purchase($"order-{number}").With("custom_data", new JsonObject { ["value"] = 42.5, ["currency"] = "GBP", ["order_id"] = number });

    private static async Task DeliverOrdersAsync(Uri address)
    {
        var services = new ServiceCollection();
        services.AddRokuEvents(options => (options.Endpoint, options.ApiKey, options.EventGroupId) = (address, "any", "Pacc1234"));
        await using var provider = services.BuildServiceProvider();
        var orders = Invoice.ReadAll(Path.Combine(AppContext.BaseDirectory, "2010-12.csv.gz")).Where(invoice => !invoice.IsCancelled && invoice.Customer != "").ToList();

        // The newest of these happens now.
        var age = TimeProvider.System.GetUtcNow() - orders.Max(order => order.Date);
        var report = await provider.GetRequiredService<RokuEventsClient>().SendAsync([.. orders.Select((order, i) => Event(order, age, i))], TestContext.Current.CancellationToken);
        Assert.Empty(report.Failures);
    }

    private static RokuEvent Event(Invoice order, TimeSpan age, int index) =>
        RokuEvent.Create(EventName.Purchase)
            .From((index % 6) switch { 1 => EventSource.MobileApp, 2 => EventSource.CtvApp, 4 => EventSource.PhysicalStore, _ => EventSource.Website })
            .WithId($"order-{order.Number}")
            .At(order.Date + age)
            .WithUser(user => Identify(user, $"customer-{order.Customer}@example.com", index % 6))
            .WithCustomData(data => data.Value(order.Total, "GBP").OrderId(order.Number))
            .Build();

    private static void Identify(UserDataBuilder user, string email, int kind)
    {
        _ = kind switch
        {
            2 => user.RokuAdvertisingId("9f2c7a52-7d1b-4f5e-9c3a-2b6d8e1f0a47").IpAddress("203.0.113.7"),
            4 => user.Email(email).FirstName("Ada").LastName("Lovelace"),
            _ => user.Email(email).IpAddress("203.0.113.7").UserAgent("Mozilla/5.0"),
        };
    }
}
