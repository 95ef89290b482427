using Microsoft.Playwright;
using Roku.Events.Browser.Tests;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Roku.Events.Browser.Tests;

// One browser for all tests, started by the first that asks; each test gets a context of its own, as private as another profile.
public sealed class Chromium : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _browser ??= await StartAsync();
        }
        finally
        {
            _starting.Release();
        }

        return await _browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.CloseAsync() ?? Task.CompletedTask);
        _playwright?.Dispose();
        _starting.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        string?[] places = [Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/google-chrome"];
        var path = places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "There is no Chromium at $CHROMIUM, /usr/bin/chromium or /usr/bin/google-chrome.");

        _playwright = await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-precise-memory-info"],
        });
    }
}
