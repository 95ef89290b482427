using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Roku.Events.Emulator;

namespace Roku.Events.Tests;

// One client of a container of its own, with a clock that stands still, and an emulator or a handler below it.
internal sealed class TestClient : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    private TestClient(ServiceProvider provider, FakeTimeProvider clock, LogRecorder logs)
    {
        _provider = provider;
        Clock = clock;
        Logs = logs;
    }

    public FakeTimeProvider Clock { get; }

    public LogRecorder Logs { get; }

    public IServiceProvider Services => _provider;

    public RokuEventsClient Client => _provider.GetRequiredService<RokuEventsClient>();

    public IBatchDispatcher Dispatcher => _provider.GetRequiredService<IBatchDispatcher>();

    public RokuEmulator Emulator => _provider.GetRequiredService<RokuEmulator>();

    public static TestClient WithEmulator(Action<RokuEventsOptions>? configure = null, RokuEmulator? emulator = null, DelegatingHandler? before = null, Action<RokuEventsBuilder>? extend = null) =>
        Create(configure, builder =>
        {
            builder.UseEmulator(emulator);
            if (before is not null)
            {
                builder.HttpClient.AddHttpMessageHandler(() => before);
            }

            extend?.Invoke(builder);
        });

    public static TestClient With(HttpMessageHandler handler, Action<RokuEventsOptions>? configure = null, TimeProvider? timeProvider = null, Action<RokuEventsBuilder>? extend = null) =>
        Create(
            configure,
            builder =>
            {
                builder.HttpClient.ConfigurePrimaryHttpMessageHandler(() => handler);
                extend?.Invoke(builder);
            },
            timeProvider);

    public static TestClient Answering(Func<HttpRequestMessage, HttpResponseMessage> answer, Action<RokuEventsOptions>? configure = null, Action<RokuEventsBuilder>? extend = null) =>
        With(new AnswerHandler((request, _) => Task.FromResult(answer(request))), configure, extend: extend);

    public static HttpResponseMessage Answer(int status, string body = "{}") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

    public async Task EnqueueAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Dispatcher.EnqueueAsync(Some.Purchase($"e{i}"), TestContext.Current.CancellationToken);
        }
    }

    // Waits for what happens on other threads: events to settle after a trigger. Never a measure of time.
    public async Task UntilAsync(Func<DispatcherCounts, bool> condition)
    {
        while (!condition(Dispatcher.Counts))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    // Moves the clock in steps and lets the senders run between them.
    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step)
    {
        while (!condition())
        {
            Clock.Advance(step);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    // Moves the clock only while nothing is being sent, so that no request times out however slow the machine is.
    public async Task AdvanceOutageUntilAsync(Func<bool> condition, TimeSpan step)
    {
        while (!condition())
        {
            if (((IHostedDispatcher)Dispatcher).Status.Breaker == BreakerState.Open)
            {
                Clock.Advance(step);
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    public async Task DisposeWhileTimePassesAsync()
    {
        var disposing = DisposeAsync().AsTask();
        await AdvanceUntilAsync(() => disposing.IsCompleted, TimeSpan.FromMilliseconds(100));
        await disposing;
    }

    private static TestClient Create(Action<RokuEventsOptions>? configure, Action<RokuEventsBuilder> transport, TimeProvider? timeProvider = null)
    {
        var clock = new FakeTimeProvider(Some.Now);
        var logs = new LogRecorder();
        var services = new ServiceCollection();
        services.AddSingleton(timeProvider ?? clock);
        services.AddLogging(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace));
        transport(services.AddRokuEvents(options =>
        {
            options.ApiKey = "the-api-key";
            options.EventGroupId = "Paccabcd1234";
            options.Delivery.MaxRetries = 0;
            options.Delivery.DrainTimeout = TimeSpan.Zero;
            configure?.Invoke(options);
        }));
        return new TestClient(services.BuildServiceProvider(), clock, logs);
    }
}

internal sealed class AnswerHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public int Requests { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (this)
        {
            Requests++;
        }

        return answer(request, cancellationToken);
    }
}
