using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Roku.Events.Emulator;

namespace Roku.Events.Tests.AspNetCore;

// A site with one collecting endpoint, on a real server; headers say which address a request comes from, and whether by TLS.
internal sealed class CollectSite : IAsyncDisposable
{
    public const string AddressHeader = "X-Test-Address";
    public const string SchemeHeader = "X-Test-Scheme";

    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private CollectSite(WebApplication app, FakeTimeProvider clock, LogRecorder logs)
    {
        _app = app;
        (Clock, Logs) = (clock, logs);
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public FakeTimeProvider Clock { get; }

    public LogRecorder Logs { get; }

    public IServiceProvider Services => _app.Services;

    public IBatchDispatcher Dispatcher => Services.GetRequiredService<IBatchDispatcher>();

    public string Origin => _http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public static async Task<CollectSite> StartAsync(Action<RokuCollectOptions>? configure = null, Action<IServiceCollection>? services = null, Action<RokuEventsBuilder>? client = null)
    {
        var (clock, logs) = (new FakeTimeProvider(Some.Now), new LogRecorder());
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton<TimeProvider>(clock);
        var roku = builder.Services.AddRokuEvents(_ => { }).UseEmulator();
        client?.Invoke(roku);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers[AddressHeader].FirstOrDefault() ?? "203.0.113.7");
            context.Request.Scheme = context.Request.Headers[SchemeHeader].FirstOrDefault() ?? context.Request.Scheme;
            return next(context);
        });
        app.UseRouting();
        app.MapGet("/token", context => context.Response.WriteAsync(context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context).RequestToken!));
        app.MapRokuEvents("/collect", configure);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new CollectSite(app, clock, logs);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken? cancellationToken = null) =>
        await _http.SendAsync(request, cancellationToken ?? TestContext.Current.CancellationToken);

    public HttpRequestMessage Request(string json, Action<HttpRequestHeaders>? headers = null, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/collect") { Content = new StringContent(json, Encoding.UTF8) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        request.Headers.Add("Origin", Origin);
        request.Headers.Add("User-Agent", "Firefox/140.0");
        headers?.Invoke(request.Headers);
        return request;
    }

    public async Task<HttpStatusCode> PostAsync(string json, Action<HttpRequestHeaders>? headers = null, string contentType = "application/json")
    {
        using var response = await SendAsync(Request(json, headers, contentType));
        return response.StatusCode;
    }

    public async Task<JsonElement> RefusalAsync(string json)
    {
        using var response = await SendAsync(Request(json));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // What the emulator got in the end.
    public async Task<IReadOnlyList<ReceivedEvent>> ReceivedAsync()
    {
        await Dispatcher.FlushAsync(TestContext.Current.CancellationToken);
        return Services.GetRequiredService<RokuEmulator>().Events;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}
