using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Benchmarks;

internal static class Client
{
    public const string EventGroupId = "Paccabcd1234";

    // The library as a program without a host has it, with its default options.
    public static ServiceProvider Create(Uri endpoint, Func<HttpMessageHandler>? handler = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddRokuEvents(options =>
        {
            options.ApiKey = "benchmark";
            options.EventGroupId = EventGroupId;
            options.Endpoint = endpoint;
        });
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
