using Microsoft.Extensions.Options;

namespace Roku.Events.Concurrency;

// Options that change when a scenario says so, as those of a configuration file do.
internal sealed class LiveOptions(Action<RokuEventsOptions> configure) : IOptionsMonitor<RokuEventsOptions>
{
    private Action<RokuEventsOptions, string?>? _changed;

    public RokuEventsOptions CurrentValue { get; private set; } = Made(configure);

    public RokuEventsOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<RokuEventsOptions, string?> listener)
    {
        _changed += listener;
        return null;
    }

    public void Change(Action<RokuEventsOptions> change)
    {
        CurrentValue = Made(configure + change);
        _changed?.Invoke(CurrentValue, Options.DefaultName);
    }

    private static RokuEventsOptions Made(Action<RokuEventsOptions> configure)
    {
        var options = new RokuEventsOptions { ApiKey = "first-key", EventGroupId = "Paccabcd1234" };
        options.Delivery.MaxRetries = 0;
        configure(options);
        return options;
    }
}
