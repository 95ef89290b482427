using System.Net;

namespace Roku.Events.Emulator;

/// <summary>
/// A strict stand-in for Roku's Events API: it answers <c>POST /v1/events</c> and <c>POST /v1/test_events</c>, checks
/// every published rule, names every mistake, and remembers what it received.
/// </summary>
/// <remarks>
/// Safe for use by many threads. It is written from what is known of Roku's wire, not from this library's client, so that
/// each checks the other. Where sources about Roku differ it is lenient: <c>event_source</c> may be missing, and an
/// undocumented <c>custom_data</c> key is accepted with a warning.
/// <para>
/// Its server also takes <c>POST /pixel</c>, a stand-in for Roku's browser pixel with which a page can fire the browser's half of
/// an event; what the real pixel sends is not published, so this is the emulator's own: a JSON object of at most 16 KB with
/// <c>event_group_id</c>, <c>event_name</c>, <c>event_id</c>, <c>event_source_URL</c> and <c>custom_data</c>, of which the first two
/// are required, as <c>application/json</c> or (<c>navigator.sendBeacon</c>) <c>text/plain</c>, from a page of this machine. It answers
/// 204, needs no key, and takes no part in faults.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await using var emulator = new RokuEmulator();
/// using var http = new HttpClient(emulator.CreateHandler()) { BaseAddress = new Uri("https://events.ads.rokuapi.net") };
/// // … send …
/// Assert.Equal("PURCHASE", Assert.Single(emulator.Events).Name);
/// </code>
/// </example>
public sealed class RokuEmulator : IAsyncDisposable
{
    private readonly EmulatorRecord _record;
    private readonly EventsEndpoint _endpoint;
    private readonly PixelEndpoint _pixel;
    private readonly LiveSite _site;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private readonly List<LoopbackServer> _servers = [];
    private bool _disposed;

    /// <summary>Makes an emulator; it answers in process at once, and over the network after <see cref="ListenAsync"/>.</summary>
    /// <param name="options">What to accept and how much to remember; the defaults when <see langword="null"/>.</param>
    /// <param name="timeProvider">
    /// The clock for arrival times, for events too far in the future, and for duplicates; the system's when <see langword="null"/>.
    /// </param>
    /// <exception cref="ArgumentException">An option is empty or out of range; the message names it.</exception>
    public RokuEmulator(RokuEmulatorOptions? options = null, TimeProvider? timeProvider = null)
    {
        var valid = (options ?? new RokuEmulatorOptions()).ValidCopy();
        _record = new EmulatorRecord(valid.MaxRememberedEvents, valid.MaxRememberedRequests);
        _time = timeProvider ?? TimeProvider.System;
        _endpoint = new EventsEndpoint(valid, _time, _record);
        _pixel = new PixelEndpoint(valid, _time, _record);
        _site = new LiveSite(valid, _record, _endpoint);
    }

    /// <summary>The events accepted through <c>/v1/events</c> and <c>/pixel</c>, oldest first. Each call copies the list.</summary>
    public IReadOnlyList<ReceivedEvent> Events => _record.Events();

    /// <summary>The requests received, refused and scripted ones included, in the order of their answers. Each call copies the list.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => _record.Requests();

    /// <summary>How many requests were answered since the start or <see cref="Clear"/>, forgotten ones included.</summary>
    public long RequestsReceived => _record.Totals.Requests;

    /// <summary>How many events <c>/v1/events</c> and <c>/pixel</c> accepted since the start or <see cref="Clear"/>, duplicates and forgotten ones included.</summary>
    public long EventsAccepted => _record.Totals.Accepted;

    /// <summary>How many of the accepted events were duplicates; see <see cref="ReceivedEvent.IsDuplicate"/>.</summary>
    public long EventsDuplicated => _record.Totals.Duplicated;

    /// <summary>
    /// How many events <c>/v1/events</c> and <c>/pixel</c> found invalid since the start or <see cref="Clear"/>. Valid events of a batch that
    /// was refused because of others are not among them.
    /// </summary>
    public long EventsRejected => _record.Totals.Rejected;

    /// <summary>
    /// Makes a handler that answers in process, for an <see cref="HttpClient"/> or as the primary handler of
    /// <c>IHttpClientFactory</c>. Host and scheme of the request do not matter.
    /// </summary>
    /// <returns>
    /// A new handler. Disposing it leaves the emulator alone, and it goes on answering after the emulator was disposed, so
    /// that a queue may drain while a container is torn down.
    /// </returns>
    public HttpMessageHandler CreateHandler() => new EmulatorHandler(_endpoint, _time);

    /// <summary>
    /// Starts a server that listens on 127.0.0.1 until <see cref="DisposeAsync"/>; plain HTTP, reachable from this machine only.
    /// Opened in a browser, its address is a page that shows what arrives as it arrives.
    /// </summary>
    /// <param name="port">The port, or 0 for a free one.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <returns>The base address, such as <c>http://127.0.0.1:5010/</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The port is not from 0 to 65535.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="ObjectDisposedException">The emulator was disposed.</exception>
    public async Task<Uri> ListenAsync(int port = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        ObjectDisposedException.ThrowIf(_disposed, this);

        _record.KeepFigures();
        var server = await LoopbackServer.StartAsync(_endpoint, _pixel, _site, _time, port, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (!_disposed)
            {
                _servers.Add(server);
                return server.Address;
            }
        }

        await server.DisposeAsync().ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(RokuEmulator));
    }

    /// <summary>
    /// Scripts the answer to the next requests, whatever they are: none of their events is checked or accepted. Several
    /// calls queue up; an answer is taken when its request arrives.
    /// </summary>
    /// <param name="status">The status to answer with, from 200 to 599.</param>
    /// <param name="times">How many requests are answered so, at least 1.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header, rounded up to whole seconds; none when <see langword="null"/>.</param>
    /// <param name="body">
    /// The body as it is; a small JSON error when <see langword="null"/>. Left out with 204, 205 and 304, which have none.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of the range given above.</exception>
    public void FailNext(HttpStatusCode status, int times = 1, TimeSpan? retryAfter = null, string? body = null)
    {
        Script(EmulatorFault.Status(status, retryAfter, body), times);
    }

    /// <summary>Scripts a fault for the next requests. Several calls queue up; a fault is taken when its request arrives, before those of <see cref="Faults"/>.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="times">With how many requests, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are less than 1 times.</exception>
    public void Script(EmulatorFault fault, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        _record.Script(fault, times);
    }

    /// <summary>Faults that hit requests at random, from now on; <see langword="null"/> for none, which is how an emulator starts.</summary>
    public EmulatorFaultPlan? Faults
    {
        get => _endpoint.Faults;
        set => _endpoint.Faults = value;
    }

    /// <summary>Forgets everything: events, requests, totals, the ids by which duplicates are found, and scripted answers not used yet.</summary>
    public void Clear() => _record.Clear();

    /// <summary>Stops the servers; requests under way get a moment to end. What was remembered can still be read.</summary>
    /// <returns>A task that ends when the ports are free.</returns>
    public async ValueTask DisposeAsync()
    {
        LoopbackServer[] servers;
        lock (_gate)
        {
            _disposed = true;
            servers = [.. _servers];
            _servers.Clear();
        }

        foreach (var server in servers)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }
}
