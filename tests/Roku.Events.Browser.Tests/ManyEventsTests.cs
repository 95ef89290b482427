using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;
using Roku.Events.Emulator;
using static Roku.Events.Browser.Tests.LivePage;

namespace Roku.Events.Browser.Tests;

public sealed class ManyEventsTests(Chromium chromium)
{
    private const int Many = 100_000;

    [Fact]
    public async Task Shows_a_hundred_thousand_events_without_choking()
    {
        var emulator = new RokuEmulator();
        await FillAsync(emulator);
        var opened = TimeProvider.System.GetTimestamp();
        await using var live = await OpenAsync(chromium, emulator);
        await Expect(live.Page.Locator("#shown")).ToHaveTextAsync("100,000 shown", new() { Timeout = 30_000 });
        var shown = TimeProvider.System.GetElapsedTime(opened);

        await live.ShowsAsync("events", "100,000");
        await live.ShowsAsync("revenue", "USD 150,000.00");
        await Expect(live.Rows.First).ToContainTextAsync("event-99999");
        Assert.InRange(await RowElementsAsync(live.Page), 1, 200);

        await live.Page.Locator("#events .scroller").EvaluateAsync("scroller => scroller.scrollTop = scroller.scrollHeight");
        await Expect(live.Page.GetByTitle("event-0", new() { Exact = true })).ToBeVisibleAsync();
        Assert.InRange(await RowElementsAsync(live.Page), 1, 200);

        await live.Page.GetByRole(AriaRole.Searchbox).FillAsync("event-12345");
        await Expect(live.Page.Locator("#shown")).ToHaveTextAsync("1 of 100,000");

        var heap = await HeapAsync(live.Page);
        Assert.InRange(heap, 1, 100_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{shown.TotalSeconds:N1} s to show, {await RowElementsAsync(live.Page)} rows in the document, {heap / 1e6:N0} MB of JavaScript, {GC.GetTotalMemory(forceFullCollection: true) / 1e6:N0} MB of .NET");
    }

    [Fact]
    public async Task Keeps_its_figures_right_when_the_emulator_forgets()
    {
        await using var live = await OpenAsync(chromium, new RokuEmulator(new() { MaxRememberedEvents = 1_000 }));

        await FillAsync(live.Emulator, 5_000);

        await live.ShowsAsync("events", "5,000");
        await live.ShowsAsync("revenue", "USD 7,500.00");
        await live.Page.ReloadAsync();
        await live.ShowsAsync("revenue", "USD 7,500.00");
        await Expect(live.Page.Locator("#shown")).ToHaveTextAsync("1,000 shown");
        await Expect(live.Page.Locator("#notice")).ToHaveTextAsync("4,000 older events are no longer remembered; the totals count them.");
    }

    private static Task<int> RowElementsAsync(IPage page) => page.Locator("#events .sheet .row").CountAsync();

    private static async Task<long> HeapAsync(IPage page)
    {
        var devTools = await page.Context.NewCDPSessionAsync(page);
        await devTools.SendAsync("HeapProfiler.collectGarbage");
        return await page.EvaluateAsync<long>("performance.memory.usedJSHeapSize");
    }

    private static async Task FillAsync(RokuEmulator emulator, int count = Many)
    {
        using var client = new HttpClient(emulator.CreateHandler()) { BaseAddress = new Uri("https://events.ads.rokuapi.net") };
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var batch in Enumerable.Range(0, count).Chunk(1_000))
        {
            var body = new StringBuilder("""{"event_group_id":"g","events":[""").AppendJoin(',', batch.Select(i =>
                $$$"""{"event_name":"PURCHASE","event_type":"conversion","event_time":{{{now - (i % 5000)}}},"event_source":"website","event_id":"event-{{{i}}}","user_data":{"is_hashed":true,"em":"{{{Sample.EmailHash}}}"},"custom_data":{"value":1.50,"currency":"USD","order_id":"{{{i}}}"}}"""));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
            {
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "any"), Accept = { new("application/json") } },
                Content = new StringContent(body.Append("]}").ToString(), Encoding.UTF8, "application/json"),
            };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)response.StatusCode);
        }
    }
}
