using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Roku.Events.Emulator;

#pragma warning disable IDE0130 // Beside the builder it extends, so that no further using is needed.
namespace Roku.Events;
#pragma warning restore IDE0130

/// <summary>Sends a client's events to a <see cref="RokuEmulator"/> instead of Roku.</summary>
public static class RokuEmulatorBuilderExtensions
{
    private const string AnyText = "emulator";

    /// <summary>Replaces the network below this client by an emulator in this process; no key and no event group are needed.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="emulator">The emulator, which stays the caller's to dispose; null for a new one that accepts every key and group.</param>
    /// <remarks>
    /// The emulator is registered as a singleton, keyed by name for a named client: ask the services for
    /// <see cref="RokuEmulator"/> to see what arrived. A missing <see cref="RokuEventsOptions.ApiKey"/> or
    /// <see cref="RokuEventsOptions.EventGroupId"/> is filled in; one that is set is used.
    /// </remarks>
    public static RokuEventsBuilder UseEmulator(this RokuEventsBuilder builder, RokuEmulator? emulator = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (services, name) = (builder.Services, builder.Name);
        if (emulator is null)
        {
            services.TryAddKeyedSingleton(name, static (provider, _) => new RokuEmulator(timeProvider: provider.GetService<TimeProvider>()));
        }
        else
        {
            services.AddKeyedSingleton(name, emulator);
        }

        if (name.Length == 0)
        {
            services.TryAddSingleton(static provider => provider.GetRequiredKeyedService<RokuEmulator>(""));
        }

        services.PostConfigure<RokuEventsOptions>(name, static options =>
        {
            options.ApiKey = options.ApiKey is { Length: > 0 } key ? key : AnyText;
            options.EventGroupId = options.EventGroupId is { Length: > 0 } group ? group : AnyText;
        });
        builder.HttpClient.ConfigurePrimaryHttpMessageHandler(provider => provider.GetRequiredKeyedService<RokuEmulator>(name).CreateHandler());
        return builder;
    }
}
