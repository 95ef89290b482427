using System.Diagnostics.Metrics;

namespace Roku.Events.Chaos;

// Dead letters that the library says no handler took.
internal sealed class LostLetters : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _value;

    public LostLetters()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Roku.Events", Name: "roku.events.dead_lettered" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.Contains(new("roku.outcome", "lost")))
            {
                Interlocked.Add(ref _value, value);
            }
        });
        _listener.Start();
    }

    public long Value => Interlocked.Read(ref _value);

    public void Dispose() => _listener.Dispose();
}
