using Microsoft.Playwright;
using static Roku.Events.Browser.Tests.LivePage;
using static Roku.Events.Browser.Tests.Sample;

namespace Roku.Events.Browser.Tests;

public sealed class AccessibilityTests(Chromium chromium)
{
    // Every visible text whose contrast with the background behind it is below 4.5, as WCAG computes it.
    private const string TooFaint = """
        () => {
          const parse = color => color.match(/[\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const background = element => {
            for (let e = element; e; e = e.parentElement) {
              const color = parse(getComputedStyle(e).backgroundColor);
              if (color.length === 3 || color[3] === 1) return color;
            }
            return [255, 255, 255];
          };
          const texts = [...document.body.querySelectorAll("*")].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
          return texts.map(e => {
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(background(e))].sort((x, y) => y - x);
            return [(a + 0.05) / (b + 0.05), e.textContent.trim().slice(0, 40)];
          }).filter(([ratio]) => ratio < 4.5).map(([ratio, text]) => `${ratio.toFixed(2)} ${text}`);
        }
        """;

    private const string TooWide = """
        () => document.documentElement.scrollWidth <= innerWidth ? "fits"
          : [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 80)).join("\n")
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_text_stands_out_from_its_background(ColorScheme scheme)
    {
        await using var live = await OpenAsync(chromium, options: new() { ColorScheme = scheme });
        Assert.Empty(await live.Page.EvaluateAsync<string[]>(TooFaint));

        await SendSomeOfAllAsync(live);
        await live.Rows.Filter(new() { HasText = "refused" }).ClickAsync();
        Assert.Empty(await live.Page.EvaluateAsync<string[]>(TooFaint));
        await live.Rows.Filter(new() { HasText = "duplicate" }).ClickAsync();
        await Expect(live.Detail.GetByLabel("JSON")).ToBeVisibleAsync();
        Assert.Empty(await live.Page.EvaluateAsync<string[]>(TooFaint));
        foreach (var tab in new[] { "Requests", "Problems" })
        {
            await live.Page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            await Expect(live.Page.GetByRole(AriaRole.Tabpanel, new() { Name = tab })).ToBeVisibleAsync();
            Assert.Empty(await live.Page.EvaluateAsync<string[]>(TooFaint));
        }
    }

    [Fact]
    public async Task The_button_overrides_the_systems_colours()
    {
        await using var live = await OpenAsync(chromium, options: new() { ColorScheme = ColorScheme.Light });
        var theme = live.Page.GetByRole(AriaRole.Button, new() { Name = "Theme" });
        Assert.Equal("rgb(245, 246, 248)", await BackgroundAsync());

        await theme.ClickAsync();
        await theme.ClickAsync();

        await Expect(theme).ToHaveTextAsync("Theme: dark");
        Assert.Equal("rgb(20, 23, 28)", await BackgroundAsync());
        await live.Page.ReloadAsync();
        Assert.Equal("rgb(20, 23, 28)", await BackgroundAsync());

        Task<string> BackgroundAsync() => live.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        await using var live = await OpenAsync(chromium);
        await live.SendAsync([.. Enumerable.Range(0, 100).Select(i => Purchase($"ord-{i}"))]);
        await Expect(live.Page.Locator("#shown")).ToHaveTextAsync("100 shown");
        var keyboard = live.Page.Keyboard;

        await TabToAsync(live.Page, "events");
        await keyboard.PressAsync("ArrowDown");
        await keyboard.PressAsync("ArrowDown");
        await Expect(live.Detail).ToContainTextAsync("ord-98");
        await Expect(live.Page.GetByRole(AriaRole.Row, new() { Selected = true })).ToContainTextAsync("ord-98");
        await keyboard.PressAsync("End");
        await Expect(live.Page.GetByRole(AriaRole.Row, new() { Selected = true })).ToContainTextAsync("ord-0");
        await Expect(live.Page.Locator("#events")).ToHaveAttributeAsync("aria-activedescendant", new System.Text.RegularExpressions.Regex("events-row-"));
        await keyboard.PressAsync("Escape");
        await Expect(live.Detail).ToBeHiddenAsync();

        await TabToAsync(live.Page, "tab-events");
        await keyboard.PressAsync("ArrowRight");
        await Expect(live.Page.GetByRole(AriaRole.Tabpanel, new() { Name = "Requests" })).ToBeVisibleAsync();
        await TabToAsync(live.Page, "pause");
        await keyboard.PressAsync("Space");
        await Expect(live.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" })).ToBeFocusedAsync();
        await live.Page.GetByRole(AriaRole.Radio, new() { Name = "Normal" }).FocusAsync();
        await keyboard.PressAsync("ArrowDown");
        await Expect(live.Page.Locator("#faults")).ToHaveClassAsync("faults on");
    }

    [Fact]
    public async Task Parts_of_the_page_have_roles_and_names()
    {
        await using var live = await OpenAsync(chromium);
        await SendSomeOfAllAsync(live);

        await Expect(live.Page.GetByRole(AriaRole.Main)).ToBeVisibleAsync();
        await Expect(live.Page.GetByRole(AriaRole.Banner)).ToBeVisibleAsync();
        await Expect(live.Page.GetByRole(AriaRole.Region, new() { Name = "Overview" })).ToBeVisibleAsync();
        await Expect(live.Page.GetByRole(AriaRole.Search, new() { Name = "Filter events" })).ToBeVisibleAsync();
        await Expect(live.Page.GetByRole(AriaRole.Grid, new() { Name = "Events, newest first" })).ToHaveAttributeAsync("aria-rowcount", "4");
        await Expect(live.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Identifiers" })).ToBeVisibleAsync();
        await Expect(live.Page.GetByRole(AriaRole.Group, new() { Name = "Answers to the client" })).ToBeVisibleAsync();
        await live.Page.GetByText("As a table").ClickAsync();
        await Expect(live.Page.GetByRole(AriaRole.Region, new() { Name = "Events and revenue over time" }).GetByRole(AriaRole.Row)).Not.ToHaveCountAsync(1);
        var nameless = await live.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button, a, input, select')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent.trim())).map(e => e.outerHTML)");
        Assert.Empty(nameless);
    }

    [Theory]
    [InlineData(360)]
    [InlineData(768)]
    [InlineData(1024)]
    public async Task A_narrow_screen_never_scrolls_sideways(int width)
    {
        await using var live = await OpenAsync(chromium, options: new() { ViewportSize = new() { Width = width, Height = 740 } });
        await FitsAsync();
        await SendSomeOfAllAsync(live);
        await FitsAsync();
        await live.Rows.First.ClickAsync();
        await Expect(live.Detail).ToBeVisibleAsync();
        await FitsAsync();
        await live.Page.GetByRole(AriaRole.Tab, new() { Name = "Requests" }).ClickAsync();
        await FitsAsync();
        await live.Page.GetByRole(AriaRole.Tab, new() { Name = "Problems" }).ClickAsync();
        await FitsAsync();

        async Task FitsAsync() => Assert.Equal("fits", await live.Page.EvaluateAsync<string>(TooWide));
    }

    private static async Task SendSomeOfAllAsync(LivePage live)
    {
        await live.SendAsync(Purchase("ord-1"), Purchase("ord-1"), Purchase("bad").With("event_type", "?"));
        await Expect(live.Rows).ToHaveCountAsync(3);
    }

    private static async Task TabToAsync(IPage page, string id)
    {
        for (var i = 0; i < 40; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("document.activeElement.id") == id)
            {
                return;
            }
        }

        Assert.Fail($"The tab key does not reach {id}.");
    }
}
