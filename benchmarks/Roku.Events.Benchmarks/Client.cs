using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Benchmarks;

internal static class Client
{
    public const string EventGroupId = "Paccabcd1234";

    // The library as a program without a host has it, with its default options.
    public static ServiceProvider Create(Uri endpoint, Func<HttpMessageHandler>? handler = null, Action<RokuEventsOptions>? configure = null, SendingGate? gate = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddRokuEvents(options =>
        {
            options.ApiKey = "benchmark";
            options.EventGroupId = EventGroupId;
            options.Endpoint = endpoint;
            configure?.Invoke(options);
        });
        if (gate is not null)
        {
            builder.HttpClient.AddHttpMessageHandler(() => new GatedHandler(gate));
        }

        if (handler is not null)
        {
            builder.HttpClient.ConfigurePrimaryHttpMessageHandler(handler);
        }

        return services.BuildServiceProvider();
    }
}

// A service that accepts everything in no time.
internal sealed class AcceptingHandler : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent("""{"code":200}"""u8.ToArray()) });
}

// Holds requests back while a queue is being filled.
internal sealed class SendingGate
{
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Opened => _opened.Task;

    public void Close() => _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _opened.SetResult();
}

internal sealed class GatedHandler(SendingGate gate) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await gate.Opened.WaitAsync(cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
