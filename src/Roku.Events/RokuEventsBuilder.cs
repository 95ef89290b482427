using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events;

/// <summary>What <c>AddRokuEvents</c> returns: the place where further packages and your own handlers are added to one client.</summary>
public sealed class RokuEventsBuilder
{
    internal RokuEventsBuilder(string name, IServiceCollection services, IHttpClientBuilder httpClient)
    {
        Name = name;
        Services = services;
        HttpClient = httpClient;
    }

    /// <summary>The client's name; empty for the default client.</summary>
    public string Name { get; }

    /// <summary>The services the client was added to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The HTTP client of this client, for handlers and proxies of your own. It repeats failed requests already: add no retries.</summary>
    public IHttpClientBuilder HttpClient { get; }
}
