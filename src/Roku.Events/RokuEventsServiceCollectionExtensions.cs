using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Polly;
using Roku.Events;

#pragma warning disable IDE0130 // Where every AddX lives, so that no using is needed to find it.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds clients of Roku's Events API.</summary>
/// <remarks>
/// A client is an <see cref="IBatchDispatcher"/>, a <see cref="RokuEventsClient"/> and an <see cref="IdentifierHasher"/>, all
/// singletons; those of a named client are keyed by its name. Options are validated when the host starts, or without a
/// host when one of them is first asked for (<see cref="OptionsValidationException"/>). Adding the same client again adds
/// to its options only.
/// </remarks>
public static class RokuEventsServiceCollectionExtensions
{
    private const string ConfigurationSection = "Roku";

    /// <summary>Adds the default client with options from the configuration section <c>Roku</c> (<c>Roku__ApiKey</c>, <c>Roku__EventGroupId</c> as environment variables).</summary>
    public static RokuEventsBuilder AddRokuEvents(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        // Without a configuration (a test, a console program) the options stand as later calls make them.
        services.AddSingleton<IOptionsChangeTokenSource<RokuEventsOptions>>(static provider => new ConfigurationChanges(provider.GetService<IConfiguration>()));
        services.AddOptions<RokuEventsOptions>().Configure<IServiceProvider>(static (options, provider) =>
            provider.GetService<IConfiguration>()?.GetSection(ConfigurationSection).Bind(options));
        return Add(services, Options.Options.DefaultName);
    }

    /// <summary>Adds the default client with options from a configuration section.</summary>
    public static RokuEventsBuilder AddRokuEvents(this IServiceCollection services, IConfiguration section) =>
        AddRokuEvents(services, Options.Options.DefaultName, section);

    /// <summary>Adds the default client with options set in code.</summary>
    public static RokuEventsBuilder AddRokuEvents(this IServiceCollection services, Action<RokuEventsOptions> configure) =>
        AddRokuEvents(services, Options.Options.DefaultName, configure);

    /// <summary>Adds a named client with options from a configuration section; inject it with <c>[FromKeyedServices(name)]</c>.</summary>
    public static RokuEventsBuilder AddRokuEvents(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<RokuEventsOptions>(name).Bind(section);
        return Add(services, name);
    }

    /// <summary>Adds a named client with options set in code; inject it with <c>[FromKeyedServices(name)]</c>.</summary>
    public static RokuEventsBuilder AddRokuEvents(this IServiceCollection services, string name, Action<RokuEventsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<RokuEventsOptions>(name).Configure(configure);
        return Add(services, name);
    }

    private static RokuEventsBuilder Add(IServiceCollection services, string name)
    {
        var names = ClientNames(services);
        var httpClient = services.AddHttpClient(HttpClientName(name));
        if (!names.Contains(name))
        {
            names.Add(name);
            AddHttp(httpClient, name);
            AddClient(services, name);
        }

        return new RokuEventsBuilder(name, services, httpClient);
    }

    // The names of all clients of these services; made, with the one lifetime that they share, for the first of them.
    private static List<string> ClientNames(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(ClientNameList))?.ImplementationInstance is ClientNameList list)
        {
            return list.Names;
        }

        list = new ClientNameList();
        services.AddSingleton(list);
        services.AddSingleton<IHostedService>(provider => new DispatcherLifetime([.. list.Names.Select(name => provider.GetRequiredKeyedService<IHostedDispatcher>(name))]));
        return list.Names;
    }

    private static void AddHttp(IHttpClientBuilder httpClient, string name)
    {
        httpClient.ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan);
        httpClient.UseSocketsHttpHandler(static (handler, _) =>
        {
            handler.AllowAutoRedirect = false;
            handler.UseCookies = false;
        });
        httpClient.RedactLoggedHeaders(["Authorization"]);
        httpClient.AddHttpMessageHandler(provider => new ResilienceHandler(Retries(
            provider.GetRequiredKeyedService<LiveSettings>(name).Options.Delivery,
            Clock(provider))));
        httpClient.AddHttpMessageHandler(static () => new AnswerReader());
    }

    // Built with the handler and not, as AddResilienceHandler does, with the first request: that one may come while the
    // container is being disposed, and must find all it needs.
    private static ResiliencePipeline<HttpResponseMessage> Retries(DeliveryOptions delivery, TimeProvider timeProvider)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = timeProvider };
        if (delivery.MaxRetries > 0)
        {
            pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = delivery.MaxRetries,
                Delay = TimeSpan.FromSeconds(1),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static arguments => ValueTask.FromResult(IsBlip(arguments.Context, arguments.Outcome)),
            });
        }

        return pipeline.AddTimeout(delivery.RequestTimeout).Build();
    }

    // A service that says when to come back is not asked again within seconds: the dispatcher waits for it.
    private static bool IsBlip(ResilienceContext context, Outcome<HttpResponseMessage> outcome) =>
        HttpClientResiliencePredicates.IsTransient(outcome)
        && outcome.Result?.Headers.RetryAfter is null
        && !(context.GetRequestMessage()?.Options.TryGetValue(EventsEndpoint.SingleAttempt, out var single) == true && single);

    private static void AddClient(IServiceCollection services, string name)
    {
        services.AddOptions<RokuEventsOptions>(name).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RokuEventsOptions>>(new RokuEventsOptionsValidator(name));
        services.AddKeyedSingleton(name, static (provider, key) =>
            new LiveSettings((string)key!, provider.GetRequiredService<IOptionsMonitor<RokuEventsOptions>>()));
        services.AddKeyedSingleton(name, static (provider, key) =>
            new IdentifierHasher(provider.GetRequiredKeyedService<LiveSettings>(key).Options.Identifiers));
        services.AddKeyedSingleton(name, static (provider, key) =>
            new SafeLogger(provider.GetRequiredService<ILoggerFactory>().CreateLogger(EventMetrics.Name), (string)key!, Clock(provider)));
        services.AddKeyedSingleton(name, static (provider, key) =>
            new EventMetrics((string)key!, provider.GetRequiredService<IMeterFactory>()));
        services.AddKeyedSingleton(name, static (provider, key) => new EventHooks(
            [.. provider.GetKeyedServices<EventHook>(key)],
            provider,
            provider.GetRequiredKeyedService<LiveSettings>(key).Options.Identifiers.DropDeviceIdentifiersUnderLimitedDataUse));
        services.AddKeyedSingleton(name, static (provider, key) => new EventsEndpoint(
            provider.GetRequiredKeyedService<LiveSettings>(key),
            provider.GetRequiredService<IHttpClientFactory>(),
            HttpClientName((string)key!),
            Clock(provider),
            provider.GetRequiredKeyedService<EventMetrics>(key),
            provider.GetRequiredKeyedService<SafeLogger>(key)));
        services.AddKeyedSingleton(name, static (provider, key) => new RokuEventsClient(
            provider.GetRequiredKeyedService<LiveSettings>(key),
            provider.GetRequiredKeyedService<EventsEndpoint>(key),
            provider.GetRequiredKeyedService<IdentifierHasher>(key),
            provider.GetRequiredKeyedService<EventHooks>(key),
            Clock(provider),
            provider.GetRequiredKeyedService<SafeLogger>(key)));
        services.AddKeyedSingleton(name, static (provider, key) => Dispatcher(provider, key!));
        services.AddKeyedSingleton<IBatchDispatcher>(name, static (provider, key) => provider.GetRequiredKeyedService<IHostedDispatcher>(key));
        if (name == Options.Options.DefaultName)
        {
            services.TryAddSingleton(static provider => provider.GetRequiredKeyedService<IdentifierHasher>(Options.Options.DefaultName));
            services.TryAddSingleton(static provider => provider.GetRequiredKeyedService<RokuEventsClient>(Options.Options.DefaultName));
            services.TryAddSingleton(static provider => provider.GetRequiredKeyedService<IBatchDispatcher>(Options.Options.DefaultName));
        }
    }

    private static IHostedDispatcher Dispatcher(IServiceProvider provider, object name)
    {
        var client = provider.GetRequiredKeyedService<RokuEventsClient>(name);
        var settings = provider.GetRequiredKeyedService<LiveSettings>(name);
        var metrics = provider.GetRequiredKeyedService<EventMetrics>(name);
        var deadLetters = provider.GetKeyedService<DeadLetterHandler>(name);
        var logger = provider.GetRequiredKeyedService<SafeLogger>(name);
        if (provider.GetKeyedService<IDurableOutbox>(name) is { } outbox)
        {
            return new DurableDispatcher(client, settings, Clock(provider), metrics, deadLetters, logger, outbox);
        }

        return settings.Options.DispatchMode == DispatchMode.EnqueueAndSend
            ? new BatchDispatcher(client, settings, Clock(provider), metrics, deadLetters, logger)
            : throw new OptionsValidationException(
                (string)name,
                typeof(RokuEventsOptions),
                [$"DispatchMode is {settings.Options.DispatchMode}, which needs an outbox that processes share: UseSqliteOutbox or UseRedisOutbox."]);
    }

    private static string HttpClientName(string name) => name.Length == 0 ? "Roku.Events" : "Roku.Events." + name;

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;

    private sealed class ClientNameList
    {
        public List<string> Names { get; } = [];
    }

    private sealed class ConfigurationChanges(IConfiguration? configuration) : IOptionsChangeTokenSource<RokuEventsOptions>
    {
        public string Name => Options.Options.DefaultName;

        public IChangeToken GetChangeToken() =>
            configuration?.GetSection(ConfigurationSection).GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
    }
}
