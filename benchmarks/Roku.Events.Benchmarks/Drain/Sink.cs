using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Roku.Events.Benchmarks.Drain;

// The least that can stand for Roku: it reads bodies, counts and forgets them, and says 200.
internal sealed class Sink : IAsyncDisposable
{
    private static readonly byte[] Answer = """{"code":200}"""u8.ToArray();

    private readonly WebApplication _app;
    private long _requests;
    private long _bytes;

    private Sink()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public static async Task<Sink> StartAsync()
    {
        var sink = new Sink();
        await sink._app.StartAsync();
        return sink;
    }

    // As a process of its own: says where it listens, and ends when its parent does.
    public static async Task<int> RunAsync()
    {
        await using var sink = await StartAsync();
        Console.WriteLine(sink.Address);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // GET: requests and bytes so far.
    private async Task TakeAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{Volatile.Read(ref _requests)} {Volatile.Read(ref _bytes)}"));
            return;
        }

        var body = context.Request.BodyReader;
        long bytes = 0;
        while (await body.ReadAsync() is var read)
        {
            bytes += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, bytes);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        await context.Response.BodyWriter.WriteAsync(Answer);
    }
}
