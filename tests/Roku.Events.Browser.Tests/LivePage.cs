using Microsoft.Playwright;
using Roku.Events.Emulator;

namespace Roku.Events.Browser.Tests;

// An emulator with its page open in a browser. It fails the test when the page asks another host for anything, or writes an error to the console.
internal sealed class LivePage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _offences = [];

    private LivePage(IBrowserContext context, IPage page, RokuEmulator emulator, Uri address) =>
        (_context, Page, Emulator, Address) = (context, page, emulator, address);

    public IPage Page { get; }

    public RokuEmulator Emulator { get; }

    public Uri Address { get; }

    // What the test itself provokes: a lost connection is an error to the console.
    public bool MayLoseConnection { get; set; }

    public ILocator Rows => Page.Locator("#events .sheet .row:visible");

    public ILocator Detail => Page.GetByRole(AriaRole.Complementary, new() { Name = "Details" });

    public static async Task<LivePage> OpenAsync(Chromium chromium, RokuEmulator? emulator = null, BrowserNewContextOptions? options = null)
    {
        emulator ??= new RokuEmulator();
        var address = await emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);
        var context = await chromium.NewContextAsync(options);
        var page = await context.NewPageAsync();
        var live = new LivePage(context, page, emulator, address);
        page.Console += (_, message) => live.Note(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => live.Note(true, error);
        page.Request += (_, request) => live.Note(!request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), request.Url);
        await page.GotoAsync(address.AbsoluteUri);
        await Expect(page.Locator("#connection")).ToHaveTextAsync("live");
        return live;
    }

    public static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    public Task<HttpResponseMessage> SendAsync(params System.Text.Json.Nodes.JsonNode?[] events) => Sample.SendAsync(Address, events);

    public Task ShowsAsync(string total, string text) => Expect(Page.Locator($"#total-{total}")).ToHaveTextAsync(text);

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        await Emulator.DisposeAsync();
        Assert.Empty(_offences);
    }

    private void Note(bool isOffence, string text)
    {
        if (isOffence && !MayLoseConnection)
        {
            _offences.Add(text);
        }
    }
}
