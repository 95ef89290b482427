using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.Observability;

// The instruments that the meter of one container has.
internal sealed class PublishedInstruments : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<Instrument> _all = [];

    public PublishedInstruments(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _ = services.GetRequiredService<IBatchDispatcher>();
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "Roku.Events" && instrument.Meter.Scope == factory)
            {
                _all.Add(instrument);
            }
        };
        _listener.Start();
    }

    public IReadOnlyList<Instrument> All => _all;

    public void Dispose() => _listener.Dispose();
}
