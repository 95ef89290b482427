using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Roku.Events.Tool.Sending;

// The library's own client, with the settings of the environment and what the options of the command change.
internal static class ClientFactory
{
    public static ServiceProvider Create(Surroundings surroundings, Destination destination, string? phoneRegion)
    {
        var services = new ServiceCollection();
        services.AddSingleton(surroundings.Time);
        var roku = services.AddRokuEvents(surroundings.Configuration.GetSection("Roku"));
        services.Configure<RokuEventsOptions>(options =>
        {
            options.Endpoint = destination.Endpoint ?? options.Endpoint;
            options.EventGroupId = destination.EventGroup ?? options.EventGroupId;

            // An emulator on this machine takes any key, and who sends nothing needs none.
            if (destination.IsNone || options.Endpoint is { IsAbsoluteUri: true, IsLoopback: true })
            {
                options.ApiKey = options.ApiKey.Length == 0 ? "none" : options.ApiKey;
            }

            if (destination.IsNone)
            {
                options.EventGroupId = options.EventGroupId.Length == 0 ? "none" : options.EventGroupId;
            }
        });
        if (phoneRegion is not null)
        {
            try
            {
                roku.UsePhoneNumbers(phoneRegion);
            }
            catch (ArgumentException exception)
            {
                throw new ToolException($"--phone-region: {exception.Message}");
            }
        }

        return services.BuildServiceProvider();
    }

    // Those checked, with errors for a person at a terminal.
    public static RokuEventsOptions Options(IServiceProvider services)
    {
        try
        {
            return services.GetRequiredService<IOptions<RokuEventsOptions>>().Value;
        }
        catch (OptionsValidationException exception)
        {
            throw new ToolException(string.Join('\n', exception.Failures
                .Select(failure => failure.Replace("RokuEventsOptions: ", "", StringComparison.Ordinal))
                .Select(failure => failure.StartsWith("EventGroupId", StringComparison.Ordinal) ? failure + " Or say --event-group." : failure)));
        }
    }
}

// Where events go; what is null is as configured. None: nowhere, they are only checked.
internal sealed record Destination(Uri? Endpoint, string? EventGroup, bool IsNone);
