using Roku.Events.Emulator;

namespace Roku.Events.Browser.Tests;

public sealed class PixelTests(Chromium chromium) : IAsyncDisposable
{
    private readonly RokuEmulator _emulator = new();

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Theory]
    [InlineData("""navigator.sendBeacon(url, body)""")]
    [InlineData("""fetch(url, { method: "POST", body, headers: { "Content-Type": "application/json" }, keepalive: true })""")]
    public async Task A_page_of_another_origin_fires_the_pixel(string shot)
    {
        var address = await _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var shop = new RokuEmulator();
        var elsewhere = await shop.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var context = await chromium.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"http://localhost:{elsewhere.Port}/shop");

        var answered = page.WaitForResponseAsync(r => r.Url.EndsWith("/pixel", StringComparison.Ordinal) && r.Request.Method == "POST");
        await page.EvaluateAsync(
            $$"""url => { const body = JSON.stringify({ event_group_id: "g", event_name: "PURCHASE", event_id: "ord-17" }); return {{shot}}; }""",
            $"{address}pixel");

        Assert.Equal(204, (await answered).Status);
        Assert.Equal(("ord-17", true), (_emulator.Events[0].Id, _emulator.Events[0].IsFromPixel));
    }
}
