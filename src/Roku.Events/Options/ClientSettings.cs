using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Roku.Events;

// One valid state of a client's options, with what is made from them once instead of per event or request.
internal sealed class ClientSettings
{
    public ClientSettings(RokuEventsOptions options)
    {
        Options = options;
        var group = JsonEncodedText.Encode(options.EventGroupId, RokuEvent.WriterOptions.Encoder);
        EnvelopeStart = [.. "{\"event_group_id\":\""u8, .. group.EncodedUtf8Bytes, .. "\",\"events\":["u8];
        ValidateUri = Path(options.Endpoint, "v1/test_events");
        SendUri = options.ValidateOnly ? ValidateUri : Path(options.Endpoint, "v1/events");
    }

    public static ReadOnlySpan<byte> EnvelopeEnd => "]}"u8;

    public RokuEventsOptions Options { get; }

    public byte[] EnvelopeStart { get; }

    public Uri SendUri { get; }

    public Uri ValidateUri { get; }

    public int MaxEventBytes => Options.Batch.MaxBytes - EnvelopeStart.Length - EnvelopeEnd.Length;

    private static Uri Path(Uri endpoint, string path) => new(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
}

// Follows the options of one client. A change that fails validation never reaches here: the last valid state stays.
internal sealed class LiveSettings : IDisposable
{
    private readonly IDisposable? _subscription;
    private ClientSettings _current = null!;

    public LiveSettings(string name, IOptionsMonitor<RokuEventsOptions> monitor)
    {
        Name = name;
        _subscription = monitor.OnChange((options, changed) =>
        {
            if (changed == name)
            {
                Volatile.Write(ref _current, new ClientSettings(options));
                Changed?.Invoke();
            }
        });

        // Read after listening, so that no change falls between the two.
        Interlocked.CompareExchange(ref _current!, new ClientSettings(monitor.Get(name)), null);
    }

    public event Action? Changed;

    public string Name { get; }

    public ClientSettings Current => Volatile.Read(ref _current);

    public RokuEventsOptions Options => Current.Options;

    public ObjectDisposedException Closed() => new(
        nameof(IBatchDispatcher),
        $"The dispatcher of Roku events client '{Name}' is shutting down and takes no more events; this one was not accepted.");

    public void Dispose() => _subscription?.Dispose();
}
