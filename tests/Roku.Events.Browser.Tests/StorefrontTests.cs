using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Roku.Events.Emulator;
using Storefront;

namespace Roku.Events.Browser.Tests;

public sealed class StorefrontTests(Chromium chromium) : IAsyncDisposable
{
    private readonly LogLines _logs = new();
    private readonly ConcurrentQueue<string> _pageErrors = new();
    private Shop? _shop;
    private IBrowserContext? _browser;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_shop?.DisposeAsync() ?? ValueTask.CompletedTask);
        _logs.Dispose();
    }

    [Fact]
    public async Task What_is_bought_counts_once_though_pixel_and_server_tell_of_it()
    {
        var page = await OpenAsync();
        await page.ClickAsync("#allow");

        await BuyAsync(page, "speaker");

        var (pixel, server) = await BothAsync("PURCHASE");
        Assert.Equal(pixel.Id, server.Id);
        Assert.Equal(await page.GetAttributeAsync("[data-name=PURCHASE]", "data-id"), server.Id);
        Assert.Single([pixel, server], e => e.IsDuplicate);
        Assert.Equal(189.50m, server.Json.GetProperty("custom_data").GetProperty("value").GetDecimal());
        Assert.Equal("speaker", server.Json.GetProperty("custom_data").GetProperty("contents")[0].GetProperty("id").GetString());
        Assert.Equal("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b", server.Json.GetProperty("user_data").GetProperty("em").GetString());
        Assert.False(server.Json.TryGetProperty("opt_out", out _));
        AssertNothingLeaked();
    }

    [Fact]
    public async Task The_emulators_page_shows_the_purchase_as_it_arrives_and_counts_it_once()
    {
        var page = await OpenAsync();
        var live = await _browser!.NewPageAsync();
        await live.GotoAsync(_shop!.EmulatorAddress!.ToString());
        await page.ClickAsync("#allow");

        await BuyAsync(page, "speaker");

        var (pixel, _) = await BothAsync("PURCHASE");
        await live.FillAsync("#search", pixel.Id!);
        await Assertions.Expect(live.Locator("#events .row:not(.head):visible")).ToHaveCountAsync(2);
        await Assertions.Expect(live.Locator("#events .row.duplicate:visible")).ToHaveCountAsync(1);
        await Assertions.Expect(live.Locator("#events .mark.pixel:visible")).ToHaveCountAsync(1);
        await Assertions.Expect(live.Locator("#total-revenue")).ToContainTextAsync("189.50");
        Assert.DoesNotContain("example.com", await live.ContentAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_goes_into_the_basket_counts_once_too()
    {
        var page = await OpenAsync();
        await page.ClickAsync("#allow");

        await page.ClickAsync("[data-id=lamp] button");

        var (pixel, server) = await BothAsync("ADD_TO_CART");
        Assert.Equal(pixel.Id, server.Id);
        Assert.Single([pixel, server], e => e.IsDuplicate);
        Assert.Equal(89m, server.Json.GetProperty("custom_data").GetProperty("value").GetDecimal());
        Assert.Equal($"{_shop!.Address}/", server.Json.GetProperty("event_source_url").GetString());
        AssertNothingLeaked();
    }

    [Fact]
    public async Task Without_consent_no_pixel_fires_and_the_server_sends_under_limited_data_use()
    {
        var page = await OpenAsync();
        await page.ClickAsync("#decline");

        await BuyAsync(page, "blanket");

        await AssertOnlyLimitedAsync();
    }

    [Fact]
    public async Task Consent_that_is_taken_back_and_limited_data_use_hold_from_then_on()
    {
        var page = await OpenAsync();
        await page.ClickAsync("#allow");
        await BothAsync("PAGE_VIEW");
        await page.CheckAsync("#limited");
        await SentAsync(page, "lamp");
        await page.UncheckAsync("#limited");
        await page.UncheckAsync("#consent");
        await SentAsync(page, "speaker");
        await page.ReloadAsync();
        await page.WaitForSelectorAsync("[data-name=PAGE_VIEW]");

        Assert.False(await page.IsVisibleAsync("#ask"));
        Assert.False(await page.IsCheckedAsync("#consent"));
        var events = await ReceivedAsync();
        Assert.Single(events, e => e.IsFromPixel);
        Assert.Equal(4, events.Count(e => !e.IsFromPixel));
        Assert.Equal(3, events.Count(IsLimited));
    }

    [Fact]
    public async Task Without_consent_nothing_is_sent_when_the_shop_chooses_so()
    {
        var page = await OpenAsync("--without-consent", "denied");
        await page.ClickAsync("#decline");

        await BuyAsync(page, "popcorn");

        Assert.Empty(await ReceivedAsync());
        Assert.Contains("nothing: no consent", await page.InnerTextAsync("#sent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_visitor_has_chosen()
    {
        var page = await OpenAsync();
        await page.WaitForSelectorAsync("#ask");

        Assert.Empty(await ReceivedAsync());
        Assert.Empty(await page.QuerySelectorAllAsync("#sent li"));
    }

    [Fact]
    public async Task An_order_stands_though_its_event_has_mistakes()
    {
        var page = await OpenAsync();
        await page.ClickAsync("#allow");

        await BuyAsync(page, "lamp", phone: "call me");

        Assert.Contains(_logs.All, line => line.Contains("user_data.ph", StringComparison.Ordinal));
        Assert.DoesNotContain(_logs.All, line => line.Contains("call me", StringComparison.Ordinal));
        Assert.DoesNotContain(await ReceivedAsync(), e => e.Name == "PURCHASE" && !e.IsFromPixel);
    }

    [Fact]
    public async Task An_order_of_another_sites_page_is_refused()
    {
        await OpenAsync();
        using var http = new HttpClient();

        using var answer = await http.PostAsync(
            new Uri(_shop!.Address + "/orders"),
            new StringContent("""{"lines":[{"id":"lamp","quantity":1}]}""", System.Text.Encoding.UTF8, "application/json"),
            Cancel);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(await ReceivedAsync());
    }

    [Fact]
    public async Task With_a_key_of_roku_there_is_no_emulator_and_no_pixel()
    {
        _shop = await Shop.StartAsync(["--urls", "http://127.0.0.1:0", "--Roku:ApiKey", "key", "--Roku:EventGroupId", "group"], builder => builder.Logging.ClearProviders());
        using var http = new HttpClient();

        var json = await http.GetStringAsync(new Uri(_shop.Address + "/shop.json"), Cancel);

        Assert.Null(_shop.Emulator);
        Assert.Contains("\"pixel\":null", json, StringComparison.Ordinal);
    }

    private static bool IsLimited(ReceivedEvent received) =>
        received.Json.TryGetProperty("opt_out", out var flag) && flag.GetString() == "true";

    private static async Task BuyAsync(IPage page, string product, string phone = "+1 415 555 0142")
    {
        await page.ClickAsync($"[data-id={product}] button");
        await page.FillAsync("#email", " Test@Example.com");
        await page.FillAsync("#phone", phone);
        await page.ClickAsync("#buy");
        await page.WaitForSelectorAsync("text=Thank you!");
        await page.Locator("#sent li").Nth(2).WaitForAsync();
    }

    // Adds a product to the basket, and waits until the page knows the server's answer.
    private static async Task SentAsync(IPage page, string product)
    {
        var before = await page.Locator("#sent li").CountAsync();
        await page.ClickAsync($"[data-id={product}] button");
        await page.Locator("#sent li").Nth(before).WaitForAsync();
    }

    private async Task<IPage> OpenAsync(params string[] args)
    {
        _shop = await Shop.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--emulator-port", "0", .. args],
            builder => builder.Logging.SetMinimumLevel(LogLevel.Trace).ClearProviders().AddProvider(_logs));
        Assertions.SetDefaultExpectTimeout(30_000);
        _browser = await chromium.NewContextAsync();
        var page = await _browser.NewPageAsync();
        page.PageError += (_, error) => _pageErrors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _pageErrors.Enqueue(message.Text);
            }
        };
        await page.GotoAsync(_shop.Address);
        await page.WaitForSelectorAsync(".product");
        return page;
    }

    private async Task<IReadOnlyList<ReceivedEvent>> ReceivedAsync()
    {
        await _shop!.App.Services.GetRequiredService<IBatchDispatcher>().FlushAsync(Cancel);
        return _shop.Emulator!.Events;
    }

    // A beacon has no answer to wait for.
    private async Task<(ReceivedEvent Pixel, ReceivedEvent Server)> BothAsync(string name)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var events = (await ReceivedAsync()).Where(e => e.Name == name).ToList();
            if (events.Count == 2)
            {
                return (Assert.Single(events, e => e.IsFromPixel), Assert.Single(events, e => !e.IsFromPixel));
            }

            Assert.InRange(events.Count, 0, 1);
            await Task.Delay(10, patience.Token);
        }
    }

    private async Task AssertOnlyLimitedAsync()
    {
        var events = await ReceivedAsync();
        Assert.Equal(["ADD_TO_CART", "PAGE_VIEW", "PURCHASE"], events.Select(e => e.Name).Order());
        Assert.All(events, e => Assert.False(e.IsFromPixel));
        Assert.All(events, e => Assert.True(IsLimited(e)));
        AssertNothingLeaked();
    }

    private void AssertNothingLeaked()
    {
        var received = string.Join('\n', _shop!.Emulator!.Events.Select(e => e.Json.GetRawText()));
        var text = received + string.Join('\n', _logs.All);
        Assert.DoesNotContain("example.com", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("5550142", text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotEmpty(_logs.All);
        Assert.Empty(_pageErrors);
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            All.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
