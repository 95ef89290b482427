using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Tests;

// A client over a configuration that can change, a clock that stands still, and a scripted server.
internal sealed class ReloadableClient : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly ServiceProvider _provider;

    public ReloadableClient(Func<HttpRequestMessage, string, CancellationToken, Task<HttpResponseMessage>> answer, Action<Dictionary<string, string?>>? settings = null, ILoggerProvider? log = null)
    {
        var values = new Dictionary<string, string?>
        {
            ["Roku:ApiKey"] = "key-a",
            ["Roku:EventGroupId"] = "group-a",
            ["Roku:Delivery:MaxRetries"] = "0",
            ["Roku:Delivery:DrainTimeout"] = "00:00:00",
        };
        settings?.Invoke(values);
        Configuration.AddInMemoryCollection(values);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(Configuration);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging(logging => logging.AddProvider(log ?? Logs).SetMinimumLevel(LogLevel.Trace));
        services.AddRokuEvents().HttpClient.RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(() => new AnswerHandler(async (request, cancel) =>
            await answer(request, Encoding.UTF8.GetString(await request.Content!.ReadAsByteArrayAsync(CancellationToken.None)), cancel)));
        _provider = services.BuildServiceProvider();
    }

    public ConfigurationManager Configuration { get; } = new();

    public FakeTimeProvider Clock { get; } = new(Some.Now);

    public LogRecorder Logs { get; } = new();

    public IBatchDispatcher Dispatcher => _provider.GetRequiredService<IBatchDispatcher>();

    public RokuEventsClient Client => _provider.GetRequiredService<RokuEventsClient>();

    public void Change(params (string Setting, string Value)[] changes)
    {
        foreach (var (setting, value) in changes)
        {
            Configuration["Roku:" + setting] = value;
        }

        ((IConfigurationRoot)Configuration).Reload();
    }

    // True once the condition holds; false after some real seconds, so that a dispatcher that is stuck fails a test and does not hang it.
    public static async Task<bool> HappensAsync(Func<bool> condition, Action? meanwhile = null)
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            if (Environment.TickCount64 > end)
            {
                return false;
            }

            meanwhile?.Invoke();
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return true;
    }

    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public static RokuEvent Large(int length = 100_000, string id = "large") => RokuEvent.Create(EventName.Search)
        .From(EventSource.Website)
        .WithId(id)
        .At(Some.Now)
        .WithUser(user => user.Email("jane@example.com"))
        .WithCustomData(data => data.SearchString(new string('x', length)))
        .Build();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
