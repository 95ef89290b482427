using System.Net;
using Microsoft.Playwright;
using static Roku.Events.Browser.Tests.LivePage;
using static Roku.Events.Browser.Tests.Sample;

namespace Roku.Events.Browser.Tests;

public sealed class FaultTests(Chromium chromium)
{
    [Theory]
    [InlineData("429", 429, "429")]
    [InlineData("500", 500, "500")]
    [InlineData("Down", 0, "broken")]
    public async Task A_fault_switched_on_hits_the_client_until_it_is_switched_off(string label, int status, string shown)
    {
        await using var live = await OpenAsync(chromium);
        await live.Page.GetByRole(AriaRole.Radio, new() { Name = label }).CheckAsync();
        await Expect(live.Page.Locator("#faults")).ToHaveClassAsync("faults on");

        if (status > 0)
        {
            using var response = await live.SendAsync(Purchase("ord-1"));
            Assert.Equal(status, (int)response.StatusCode);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => live.SendAsync(Purchase("ord-1")));
        }

        await live.Page.GetByRole(AriaRole.Tab, new() { Name = "Requests" }).ClickAsync();
        await Expect(live.Page.Locator("#requests .sheet .row:visible .status")).ToHaveTextAsync(shown);
        await live.Page.GetByRole(AriaRole.Radio, new() { Name = "Normal" }).CheckAsync();
        await Expect(live.Page.Locator("#faults")).ToHaveClassAsync("faults");
        using var after = await live.SendAsync(Purchase("ord-2"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task The_fault_210_refuses_every_tenth_event()
    {
        await using var live = await OpenAsync(chromium);
        await live.Page.GetByRole(AriaRole.Radio, new() { Name = "210" }).CheckAsync();
        await Expect(live.Page.Locator("#faults")).ToHaveClassAsync("faults on");

        using var response = await live.SendAsync([.. Enumerable.Range(1, 25).Select(i => Purchase($"ord-{i}"))]);

        Assert.Equal(210, (int)response.StatusCode);
        await live.ShowsAsync("refused", "2");
        Assert.DoesNotContain(live.Emulator.Events, e => e.Id is "ord-10" or "ord-20");
    }

    [Fact]
    public async Task The_fault_slow_is_seen_by_every_open_page()
    {
        await using var live = await OpenAsync(chromium);
        var other = await live.Page.Context.NewPageAsync();
        await other.GotoAsync(live.Address.AbsoluteUri);

        await live.Page.GetByRole(AriaRole.Radio, new() { Name = "Slow" }).CheckAsync();

        await Expect(other.GetByRole(AriaRole.Radio, new() { Name = "Slow" })).ToBeCheckedAsync();
        var before = TimeProvider.System.GetTimestamp();
        using var response = await live.SendAsync(Purchase("ord-1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(TimeProvider.System.GetElapsedTime(before) >= TimeSpan.FromSeconds(1.9));
    }
}
