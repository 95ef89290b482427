using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.AspNetCore;

public sealed class FromRequestTests
{
    [Fact]
    public void Takes_address_agent_page_and_referrer()
    {
        var json = Send(Request());

        Assert.Equal("website", json.GetProperty("event_source").GetString());
        Assert.Equal("203.0.113.7", json.GetProperty("user_data").GetProperty("client_ip_address").GetString());
        Assert.Equal("Firefox/140.0", json.GetProperty("user_data").GetProperty("client_user_agent").GetString());
        Assert.Equal("https://shop.example/app/checkout/done", json.GetProperty("event_source_url").GetString());
        Assert.Equal("https://search.example/results", json.GetProperty("referrer_url").GetString());
        Assert.False(json.TryGetProperty("opt_out", out _));
    }

    [Fact]
    public void Drops_what_queries_and_addresses_say_of_a_person()
    {
        var json = Send(Request()).ToString();

        foreach (var secret in new[] { "jane", "secret", "token", "utm_source", "fragment" })
        {
            Assert.DoesNotContain(secret, json, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Keeps_the_query_parameters_that_are_named()
    {
        var json = Send(Request(options => options.KeptQueryParameters.Add("UTM_Source")));

        Assert.Equal("https://shop.example/app/checkout/done?utm_source=roku%20tv", json.GetProperty("event_source_url").GetString());
        Assert.Equal("https://search.example/results?utm_source=x", json.GetProperty("referrer_url").GetString());
    }

    [Fact]
    public void Reads_the_pixel_cookie_that_is_named()
    {
        var json = Send(Request(options => options.PixelCookieName = "px"));

        Assert.Equal("cookie-1", json.GetProperty("user_data").GetProperty("aFC").GetString());
        Assert.False(Send(Request()).GetProperty("user_data").TryGetProperty("aFC", out _));
        Assert.False(Send(Request(options => options.PixelCookieName = "other")).GetProperty("user_data").TryGetProperty("aFC", out _));
    }

    [Fact]
    public void Without_consent_the_cookie_stays_and_data_use_is_limited()
    {
        var json = Send(Request(options => (options.PixelCookieName, options.HasConsent) = ("px", _ => false)));

        Assert.False(json.GetProperty("user_data").TryGetProperty("aFC", out _));
        Assert.Equal("true", json.GetProperty("opt_out").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Asks_the_consent_feature_of_the_host(bool canTrack)
    {
        var context = Request();
        context.Features.Set<ITrackingConsentFeature>(new Consent(canTrack));

        Assert.Equal(!canTrack, Send(context).TryGetProperty("opt_out", out _));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("android-app://com.example")]
    [InlineData("/relative")]
    [InlineData("")]
    public void Leaves_out_a_referrer_that_is_none(string referrer)
    {
        var context = Request();
        context.Request.Headers.Referer = referrer;

        Assert.False(Send(context).TryGetProperty("referrer_url", out _));
    }

    [Fact]
    public void Works_with_a_bare_context_and_what_is_set_afterwards_wins()
    {
        var bare = new DefaultHttpContext();

        var json = JsonOf(Build(Event().FromRequest(bare).OnPage("https://shop.example/other").From(EventSource.PhoneCall)));

        Assert.Equal("https://shop.example/other", json.GetProperty("event_source_url").GetString());
        Assert.NotEqual("website", json.GetProperty("event_source").GetString());
    }

    [Fact]
    public void Believes_no_header_about_the_address()
    {
        var context = Request();
        context.Request.Headers["X-Forwarded-For"] = "198.51.100.9";

        Assert.DoesNotContain("198.51.100.9", Send(context).ToString(), StringComparison.Ordinal);
    }

    private static JsonElement Send(HttpContext context) => JsonOf(Build(Event().FromRequest(context)));

    private static JsonElement JsonOf(RokuEvent rokuEvent) => JsonSerializer.Deserialize<JsonElement>(EventJson.Text(rokuEvent));

    private static RokuEventBuilder Event() => RokuEvent.Create(EventName.PageView);

    private static RokuEvent Build(RokuEventBuilder builder) => builder.WithUser(user => user.HashedEmail(Some.Digest)).Build();

    private static DefaultHttpContext Request(Action<RokuRequestOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddOptions<RokuRequestOptions>().Configure(configure ?? (_ => { }));
        var context = new DefaultHttpContext { RequestServices = services.BuildServiceProvider() };
        context.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:203.0.113.7");
        var request = context.Request;
        (request.Scheme, request.Host, request.PathBase, request.Path) = ("https", new HostString("shop.example"), "/app", "/checkout/done");
        request.QueryString = new QueryString("?email=jane%40example.com&utm_source=roku%20tv&token=secret");
        request.Headers.UserAgent = "Firefox/140.0";
        request.Headers.Referer = "https://jane:secret@search.example/results?q=jane&utm_source=x#fragment";
        request.Headers.Cookie = "px=cookie-1; session=secret";
        return context;
    }

    private sealed class Consent(bool canTrack) : ITrackingConsentFeature
    {
        public bool IsConsentNeeded => true;

        public bool HasConsent => canTrack;

        public bool CanTrack => canTrack;

        public void GrantConsent()
        {
        }

        public void WithdrawConsent()
        {
        }

        public string CreateConsentCookie() => "";
    }
}
