using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Roku.Events.Emulator;

// Kestrel without a host: no configuration, no environment, no logging and no container can leak in from the program around it.
internal sealed class LoopbackServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly EventsEndpoint _endpoint;
    private readonly PixelEndpoint _pixel;
    private readonly LiveSite _site;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly KestrelServer _kestrel;

    private LoopbackServer(EventsEndpoint endpoint, PixelEndpoint pixel, LiveSite site, TimeProvider time, int port)
    {
        _endpoint = endpoint;
        _pixel = pixel;
        _site = site;
        _time = time;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        _kestrel = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    public Uri Address => new(_kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    public static async Task<LoopbackServer> StartAsync(EventsEndpoint endpoint, PixelEndpoint pixel, LiveSite site, TimeProvider time, int port, CancellationToken cancellationToken)
    {
        var server = new LoopbackServer(endpoint, pixel, site, time, port);
        try
        {
            await server._kestrel.StartAsync(server, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A page's feed never ends by itself.
        await _stopping.CancelAsync().ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(DrainTime);
        await _kestrel.StopAsync(deadline.Token).ConfigureAwait(false);
        _kestrel.Dispose();
        _stopping.Dispose();
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(HttpContext context) =>
        context.Request.Path.Value switch
        {
            PixelEndpoint.Path => _pixel.AnswerAsync(context),
            _ when LiveSite.Owns(context.Request) => _site.AnswerAsync(context, _stopping.Token),
            _ => AnswerEventsAsync(context),
        };

    private async Task AnswerEventsAsync(HttpContext context)
    {
        var answer = await _endpoint.AnswerAsync(IncomingRequest.Of(context.Request), context.RequestAborted).ConfigureAwait(false);
        switch (answer.Fault)
        {
            case { Kind: EmulatorFaultKind.Delay } late:
                await Task.Delay(late.Wait, _time, context.RequestAborted).ConfigureAwait(false);
                break;
            case { Kind: EmulatorFaultKind.Hang }:
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, context.RequestAborted).ConfigureAwait(false);
                break;
            case { Kind: EmulatorFaultKind.Reset }:
                context.Abort();
                return;
        }

        context.Response.StatusCode = (int)answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        // Some statuses must not have a body, not even an empty one.
        if (!answer.Body.IsEmpty)
        {
            context.Response.ContentType = answer.ContentType;
            context.Response.ContentLength = answer.Body.Length;
            await WriteBodyAsync(context, answer).ConfigureAwait(false);
        }
    }

    private async Task WriteBodyAsync(HttpContext context, EmulatorAnswer answer)
    {
        var (body, aborted) = (context.Response.Body, context.RequestAborted);
        switch (answer.Fault)
        {
            case { Kind: EmulatorFaultKind.Cut }:
                await body.WriteAsync(answer.Body[..(answer.Body.Length / 2)], aborted).ConfigureAwait(false);
                await body.FlushAsync(aborted).ConfigureAwait(false);
                context.Abort();
                break;
            case { Kind: EmulatorFaultKind.Slow } slow:
                for (var i = 0; i < answer.Body.Length; i++)
                {
                    await Task.Delay(slow.Wait, _time, aborted).ConfigureAwait(false);
                    await body.WriteAsync(answer.Body.Slice(i, 1), aborted).ConfigureAwait(false);
                    await body.FlushAsync(aborted).ConfigureAwait(false);
                }

                break;
            default:
                await body.WriteAsync(answer.Body, aborted).ConfigureAwait(false);
                break;
        }
    }
}
