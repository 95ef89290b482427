using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Roku.Events.Emulator;
using static Roku.Events.Browser.Tests.LivePage;
using static Roku.Events.Browser.Tests.Sample;

namespace Roku.Events.Browser.Tests;

public sealed class LivePageTests(Chromium chromium)
{
    [Fact]
    public async Task Tells_a_newcomer_what_to_run()
    {
        await using var live = await OpenAsync(chromium);

        await Expect(live.Page.GetByRole(AriaRole.Heading, new() { Name = "No events yet" })).ToBeVisibleAsync();
        await Expect(live.Page.GetByLabel("Environment")).ToContainTextAsync($"Roku__Endpoint={live.Address.AbsoluteUri.TrimEnd('/')}");
    }

    [Fact]
    public async Task Shows_events_as_they_arrive()
    {
        await using var live = await OpenAsync(chromium);

        await live.SendAsync(Purchase("ord-1"), Purchase("ord-2", 0.01));
        await Expect(live.Rows).ToHaveCountAsync(2);
        await live.SendAsync(Purchase("ord-3").With("event_source", "ctv_app"));

        var newest = live.Rows.Filter(new() { HasText = "ord-3" });
        await Expect(newest).ToContainTextAsync("PURCHASE");
        await Expect(newest).ToContainTextAsync("ctv_app");
        await Expect(newest).ToContainTextAsync("USD 129.99");
        await Expect(newest).ToContainTextAsync("strong");
        await Expect(newest.GetByLabel("e-mail, IP address")).ToBeVisibleAsync();
        await live.ShowsAsync("events", "3");
        await live.ShowsAsync("revenue", "USD 259.99");
        await live.ShowsAsync("requests", "2");
        await Expect(live.Page.Locator("#plot")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("^3 events from .* Revenue USD 259.99.$"));
    }

    [Fact]
    public async Task Shows_the_rule_and_the_fix_for_an_invalid_event()
    {
        await using var live = await OpenAsync(chromium);

        await live.SendAsync(Purchase("good"), Purchase("bad").With("event_time", 1_730_017_211_000));

        await live.ShowsAsync("refused", "1");
        await live.Page.GetByRole(AriaRole.Tab, new() { Name = "Problems" }).ClickAsync();
        var problem = live.Page.Locator("#problems tr");
        await Expect(problem).ToContainTextAsync("event_time is whole seconds since 1970");
        await Expect(problem).ToContainTextAsync("Divide milliseconds by 1,000");
        await Expect(problem).ToContainTextAsync("event_id bad");
        await live.Page.GetByRole(AriaRole.Tab, new() { Name = "Events" }).ClickAsync();
        await live.Rows.Filter(new() { HasText = "refused" }).ClickAsync();
        await Expect(live.Detail).ToContainTextAsync("looks like milliseconds");
        await Expect(live.Detail).ToContainTextAsync("Fix: Divide milliseconds by 1,000");
    }

    [Fact]
    public async Task Shows_how_full_a_request_is()
    {
        await using var live = await OpenAsync(chromium);

        await live.SendAsync([.. Enumerable.Range(0, 250).Select(i => Purchase($"ord-{i}"))]);

        await live.Page.GetByRole(AriaRole.Tab, new() { Name = "Requests" }).ClickAsync();
        var request = live.Page.Locator("#requests .sheet .row:visible");
        await Expect(request).ToContainTextAsync("POST /v1/events");
        await Expect(request.GetByTitle("25.0 % of the limit")).ToHaveTextAsync("250");
        await request.ClickAsync();
        await Expect(live.Detail).ToContainTextAsync("250 of at most 1,000");
        await Expect(live.Detail).ToContainTextAsync("of at most 1.00 MB");
    }

    [Fact]
    public async Task Pairs_the_pixels_event_with_the_servers()
    {
        await using var live = await OpenAsync(chromium);

        await FireAsync(live.Address, "ord-1");
        await live.SendAsync(Purchase("ord-1"), Purchase("ord-2"));

        await live.ShowsAsync("duplicates", "1");
        await live.Page.GetByLabel("duplicates only").CheckAsync();
        await Expect(live.Rows).ToHaveCountAsync(1);
        await live.Rows.ClickAsync();
        await Expect(live.Detail.GetByRole(AriaRole.Listitem)).ToContainTextAsync("pixel");
    }

    [Fact]
    public async Task Filters_and_searches()
    {
        await using var live = await OpenAsync(chromium);
        await live.SendAsync(
            Purchase("ord-1"), Purchase("ord-2"), Purchase("cart-1").With("event_name", "ADD_TO_CART").With("event_source", "mobile_app"), Purchase("bad").With("event_type", "?"));
        await Expect(live.Rows).ToHaveCountAsync(4);

        await live.Page.GetByLabel("Name", new() { Exact = true }).SelectOptionAsync("ADD_TO_CART");
        await Expect(live.Rows).ToHaveCountAsync(1);
        await live.Page.GetByLabel("Name", new() { Exact = true }).SelectOptionAsync("");
        await live.Page.GetByLabel("Source").SelectOptionAsync("website");
        await Expect(live.Rows).ToHaveCountAsync(2);
        await live.Page.GetByLabel("Source").SelectOptionAsync("");
        await live.Page.GetByLabel("problems only").CheckAsync();
        await Expect(live.Rows).ToHaveTextAsync([new System.Text.RegularExpressions.Regex("bad")]);
        await live.Page.GetByLabel("problems only").UncheckAsync();
        await live.Page.GetByRole(AriaRole.Searchbox).FillAsync("ORDER-OF-ord-2");
        await Expect(live.Rows).ToHaveTextAsync([new System.Text.RegularExpressions.Regex("ord-2")]);
        await live.SendAsync(Purchase("ord-22"), Purchase("ord-3"));
        await Expect(live.Rows).ToHaveCountAsync(2);
        await Expect(live.Page.Locator("#shown")).ToHaveTextAsync("2 of 6");
    }

    [Fact]
    public async Task Pauses_and_goes_on()
    {
        await using var live = await OpenAsync(chromium);
        await live.SendAsync(Purchase("ord-1"));
        await Expect(live.Rows).ToHaveCountAsync(1);

        await live.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await live.SendAsync(Purchase("ord-2"), Purchase("ord-3"));
        var goOn = live.Page.GetByRole(AriaRole.Button, new() { Name = "Go on (2 new)" });
        await Expect(goOn).ToBeVisibleAsync();
        await Expect(live.Rows).ToHaveCountAsync(1);
        await goOn.ClickAsync();

        await Expect(live.Rows).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Clears()
    {
        await using var live = await OpenAsync(chromium);
        await live.SendAsync(Purchase("ord-1"), Purchase("bad").With("event_type", "?"));
        await Expect(live.Rows).ToHaveCountAsync(2);

        await live.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();

        await live.ShowsAsync("events", "0");
        await live.ShowsAsync("revenue", "–");
        await Expect(live.Page.GetByRole(AriaRole.Heading, new() { Name = "No events yet" })).ToBeVisibleAsync();
        Assert.Equal((0, 0), (live.Emulator.EventsAccepted, live.Emulator.Events.Count));
        await live.SendAsync(Purchase("ord-2"));
        await Expect(live.Rows).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Exports_what_was_received_as_JSON_Lines()
    {
        await using var live = await OpenAsync(chromium);
        await live.SendAsync(Purchase("ord-1"), Purchase("naïve 🛒\n", 189.50));
        await Expect(live.Rows).ToHaveCountAsync(2);

        var shortened = await ExportAsync(live.Page);
        await live.Page.GetByLabel("with full hashes").CheckAsync();
        var full = await ExportAsync(live.Page);

        Assert.DoesNotContain(EmailHash, string.Concat(shortened), StringComparison.Ordinal);
        Assert.Equal(2, full.Length);
        Assert.All(full.Zip(live.Emulator.Events), pair => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First), JsonNode.Parse(pair.Second.Json.GetRawText()))));
    }

    [Fact]
    public async Task Shows_a_hash_in_full_only_when_asked()
    {
        await using var live = await OpenAsync(chromium);
        await live.SendAsync(Purchase("ord-1"));

        await live.Rows.ClickAsync();
        await Expect(live.Detail).ToContainTextAsync("973d…3b");
        Assert.DoesNotContain(EmailHash, await live.Page.ContentAsync(), StringComparison.Ordinal);
        await live.Page.GetByRole(AriaRole.Button, new() { Name = "Show full hashes" }).ClickAsync();
        await Expect(live.Detail).ToContainTextAsync(EmailHash);
        await live.Page.GetByRole(AriaRole.Button, new() { Name = "Shorten hashes" }).ClickAsync();
        await Expect(live.Detail).Not.ToContainTextAsync(EmailHash);
    }

    [Fact]
    public async Task Shows_hostile_text_as_text()
    {
        const string Hostile = "<img src=x onerror=document.title='owned'>";
        await using var live = await OpenAsync(chromium);

        await live.SendAsync(
            Purchase(Hostile).With("event_source_url", Hostile).With("custom_data", new JsonObject { ["order_id"] = Hostile, [Hostile] = Hostile }),
            Purchase(Hostile).With("event_name", Hostile).With(Hostile, 1));
        await live.Rows.Filter(new() { HasText = "PURCHASE" }).ClickAsync();
        await Expect(live.Detail.GetByLabel("JSON")).ToContainTextAsync(Hostile);
        await live.Rows.Filter(new() { HasText = "refused" }).ClickAsync();
        await Expect(live.Detail.GetByRole(AriaRole.Heading, new() { Name = Hostile })).ToBeVisibleAsync();
        await live.Page.GetByRole(AriaRole.Tab, new() { Name = "Problems" }).ClickAsync();
        await Expect(live.Page.Locator("#problems")).ToContainTextAsync(Hostile);

        Assert.Equal(0, await live.Page.Locator("img").CountAsync());
        Assert.Equal("Roku.Events emulator", await live.Page.TitleAsync());
    }

    [Fact]
    public async Task Connects_again_after_the_emulator_was_restarted()
    {
        await using var live = await OpenAsync(chromium);
        live.MayLoseConnection = true;
        await live.SendAsync(Purchase("before"));
        await Expect(live.Rows).ToHaveCountAsync(1);

        await live.Emulator.DisposeAsync();
        await Expect(live.Page.Locator("#connection")).ToHaveTextAsync("connection lost, trying again");
        await using var next = new RokuEmulator();
        await next.ListenAsync(live.Address.Port, TestContext.Current.CancellationToken);
        await live.SendAsync(Purchase("after"));

        await Expect(live.Page.Locator("#connection")).ToHaveTextAsync("live");
        await Expect(live.Rows).ToHaveCountAsync(1);
        await Expect(live.Rows).ToContainTextAsync("after");
    }

    private static async Task<string[]> ExportAsync(IPage page)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export JSON Lines" }).ClickAsync());
        Assert.Equal("roku-events.jsonl", download.SuggestedFilename);
        return await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
    }
}
