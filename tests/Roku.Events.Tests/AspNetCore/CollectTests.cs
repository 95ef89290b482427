using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.AspNetCore;

public sealed class CollectTests
{
    private const string PageView = """{"event_name":"PAGE_VIEW","event_id":"v-1"}""";
    private const string AddToCart = """
        {
          "event_name": "ADD_TO_CART", "event_id": "cart-1", "event_source_URL": "ORIGIN/tv?token=secret&utm_source=x", "referrer_url": "https://search.example/?q=jane",
          "custom_data": { "value": 189.50, "currency": "USD", "num_items": 2, "content_name": "Café TV", "content_category": "tv", "content_ids": ["sku-1"], "content_type": "product",
            "contents": [{ "id": "sku-1", "quantity": 2, "item_price": 94.75, "delivery_category": "curbside" }], "search_string": "oled", "utm_source": "mail", "utm_medium": "m",
            "utm_campaign": "c", "utm_term": "t", "utm_content": "o" }
        }
        """;

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain;charset=UTF-8")]
    public async Task Takes_what_a_page_says_and_fills_in_what_the_server_knows(string contentType)
    {
        await using var site = await CollectSite.StartAsync(services: services => services.Configure<RokuRequestOptions>(options => options.PixelCookieName = "px"));

        Assert.Equal(HttpStatusCode.Accepted, await site.PostAsync(AddToCart.Replace("ORIGIN", site.Origin, StringComparison.Ordinal), headers => headers.Add("Cookie", "px=cookie-1"), contentType));

        var json = Assert.Single(await site.ReceivedAsync()).Json;
        Assert.Equal(
            $$$"""{"event_name":"ADD_TO_CART","event_type":"conversion","event_time":{{{Some.Now.ToUnixTimeSeconds()}}},"event_source":"website","event_id":"cart-1","event_source_url":"{{{site.Origin}}}/tv","referrer_url":"https://search.example/",""",
            json.ToString()[..json.ToString().IndexOf("\"user_data\"", StringComparison.Ordinal)]);
        Assert.Equal("""{"is_hashed":true,"client_ip_address":"203.0.113.7","client_user_agent":"Firefox/140.0","aFC":"cookie-1"}""", json.GetProperty("user_data").ToString());
        Assert.Equal(
            """{"value":189.50,"currency":"USD","num_items":2,"content_category":"tv","content_name":"Café TV","content_ids":["sku-1"],"content_type":"product","contents":[{"id":"sku-1","quantity":2,"item_price":94.75,"delivery_category":"curbside"}],"search_string":"oled","utm_source":"mail","utm_medium":"m","utm_campaign":"c","utm_term":"t","utm_content":"o"}""",
            json.GetProperty("custom_data").ToString());
    }

    [Fact]
    public async Task The_page_is_the_referer_when_the_body_names_none()
    {
        await using var site = await CollectSite.StartAsync(configure: null, services => services.Configure<RokuRequestOptions>(options => options.KeptQueryParameters.Add("id")));

        await site.PostAsync(PageView, headers => headers.Add("Referer", site.Origin + "/shelf?id=7&session=secret#top"));

        var json = Assert.Single(await site.ReceivedAsync()).Json;
        Assert.Equal(site.Origin + "/shelf?id=7", json.GetProperty("event_source_url").GetString());
        Assert.False(json.TryGetProperty("referrer_url", out _));
    }

    [Theory]
    [InlineData("""{"event_name":"PURCHASE","event_id":"1"}""", "event_name")]
    [InlineData("""{"event_name":"page_view","event_id":"1"}""", "event_name")]
    [InlineData("""{"event_name":7,"event_id":"1"}""", "event_name")]
    [InlineData("""{"event_id":"1"}""", "event_name")]
    [InlineData("""{"event_name":"PAGE_VIEW"}""", "event_id")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":""}""", "event_id")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"planted@x.example"}""", "event_id")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1\nplanted"}""", "event_id")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","event_time":1}""", "event_time")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","event_source":"physical_store"}""", "event_source")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","event_group_id":"planted"}""", "event_group_id")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","opt_out":"false"}""", "opt_out")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","user_data":{"em":"planted"}}""", "user_data")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","planted@x.example":1}""", "?")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","event_source_url":"https://planted.example/"}""", "event_source_url")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","event_source_url":"javascript:planted"}""", "event_source_url")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","referrer_url":1}""", "referrer_url")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":[]}""", "custom_data")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"order_id":"planted"}}""", "custom_data.order_id")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"predicted_ltv":9}}""", "custom_data.predicted_ltv")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"tier":"planted"}}""", "custom_data.tier")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"planted 5550142":1}}""", "custom_data.?")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"value":"planted","currency":"USD"}}""", "custom_data.value")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"value":1e999,"currency":"USD"}}""", "custom_data.value")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"value":1}}""", "custom_data")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"value":1,"currency":"planted"}}""", "custom_data.currency")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"value":1,"currency":"XQQ"}}""", "custom_data.currency")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"num_items":1.5}}""", "custom_data.num_items")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"num_items":-1}}""", "custom_data.num_items")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"content_name":{"planted":1}}}""", "custom_data.content_name")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"content_ids":["a",1]}}""", "custom_data.content_ids")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"content_ids":[" "]}}""", "custom_data.content_ids[0]")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"content_type":"planted"}}""", "custom_data.content_type")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"contents":[{"id":"a","planted":1}]}}""", "custom_data.contents")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"contents":[{"quantity":1}]}}""", "custom_data.contents")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"contents":[{"id":"a","quantity":0}]}}""", "custom_data.contents[0].quantity")]
    public async Task Refuses_what_is_wrong_or_not_allowed_naming_the_field_and_never_the_value(string body, string field)
    {
        await using var site = await CollectSite.StartAsync();

        var problem = await site.RefusalAsync(body);

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.DoesNotContain("planted", problem.ToString() + site.Logs.All(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("5550142", problem.ToString(), StringComparison.Ordinal);
        Assert.Empty(await site.ReceivedAsync());
    }

    [Fact]
    public async Task Names_every_mistake_at_once()
    {
        await using var site = await CollectSite.StartAsync();

        var problem = await site.RefusalAsync("""{"event_name":"SEARCH","event_id":"1","custom_data":{"tier":1,"num_items":"two","content_type":"shoe"}}""");

        Assert.Equal("""["is not taken here; leave it out, or let the host allow it by RokuCollectOptions.CustomDataFields"]""", problem.GetProperty("errors").GetProperty("custom_data.tier").ToString());
        Assert.Equal(3, problem.GetProperty("errors").EnumerateObject().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("planted")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","event_id":"2"}""")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"content_name":"\ud800"}}""")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","\udfff":1}""")]
    [InlineData("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"contents":[[[[[[[[[1]]]]]]]]]}}""")]
    public async Task Refuses_what_is_no_json_object(string body)
    {
        await using var site = await CollectSite.StartAsync();

        var problem = await site.RefusalAsync(body);

        Assert.False(problem.TryGetProperty("errors", out _));
        Assert.DoesNotContain("planted", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_bytes_that_are_no_text()
    {
        await using var site = await CollectSite.StartAsync();
        var request = site.Request(PageView);
        request.Content = new ByteArrayContent([.. Encoding.Latin1.GetBytes("""{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"content_name":"caf""" + "é\"}}")]);
        request.Content.Headers.ContentType = new("application/json");

        Assert.Equal(HttpStatusCode.BadRequest, (await site.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_host_allows_more_by_choice()
    {
        await using var site = await CollectSite.StartAsync(options =>
        {
            options.EventNames.Add(EventName.Purchase);
            options.CustomDataFields.UnionWith(["order_id", "status", "purchase_type", "delivery_category", "predicted_ltv"]);
            options.UserDataFields.UnionWith(["em", "ph", "fn", "ln", "db", "ge", "ct", "st", "zp", "country"]);
        });

        Assert.Equal(HttpStatusCode.Accepted, await site.PostAsync("""
            {"event_name":"PURCHASE","event_id":"ord-17",
             "custom_data":{"order_id":"17","status":"paid","purchase_type":"repeat_purchase","delivery_category":"in_store","predicted_ltv":12.5},
             "user_data":{"em":" Test@Example.com","ph":"+1 415 555 0142","fn":"Jane","ln":"Doe","db":"1987-06-05","ge":"female","ct":"Austin","st":"TX","zp":"78701","country":"US"}}
            """));

        var json = Assert.Single(await site.ReceivedAsync()).Json;
        Assert.Equal(Some.Digest, json.GetProperty("user_data").GetProperty("em").GetString());
        Assert.Equal(13, json.GetProperty("user_data").EnumerateObject().Count());
        Assert.Equal("""{"order_id":"17","predicted_ltv":12.5,"status":"paid","purchase_type":"repeat_purchase","delivery_category":"in_store"}""", json.GetProperty("custom_data").ToString());
        Assert.DoesNotContain("example.com", json.ToString() + site.Logs.All(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_wrong_identifier_is_not_repeated()
    {
        await using var site = await CollectSite.StartAsync(options => options.UserDataFields.UnionWith(["em", "ph"]));

        var problem = await site.RefusalAsync("""{"event_name":"PAGE_VIEW","event_id":"1","user_data":{"em":"planted","ph":"planted 1","fn":"planted"}}""");
        var wrong = await site.RefusalAsync("""{"event_name":"PAGE_VIEW","event_id":"1","user_data":{"em":"planted","ph":"planted 1"}}""");

        Assert.Equal("user_data.fn", Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal(["user_data.em", "user_data.ph"], wrong.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.DoesNotContain("planted", problem.ToString() + wrong + site.Logs.All(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https://evil.example", null)]
    [InlineData("null", null)]
    [InlineData("null", "own")]
    [InlineData("https://evil.example", "own")]
    [InlineData(null, "https://evil.example/")]
    [InlineData(null, null)]
    [InlineData("http://127.0.0.1", null)]
    public async Task Refuses_posts_of_other_sites_pages_and_of_nobody(string? origin, string? referer)
    {
        await using var site = await CollectSite.StartAsync();

        var status = await site.PostAsync(PageView, headers =>
        {
            headers.Remove("Origin");
            if (origin is not null)
            {
                headers.Add("Origin", origin);
            }

            if (referer is not null)
            {
                headers.Add("Referer", referer == "own" ? site.Origin + "/" : referer);
            }
        });

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Empty(await site.ReceivedAsync());
    }

    [Theory]
    [InlineData("https://www.shop.example", "collect.shop.example")]
    [InlineData("https://shop.example", "shop.example")]
    [InlineData("https://SHOP.example", "shop.example:443")]
    [InlineData("http://shop.example:8080", "Shop.example:8080")]
    public async Task Takes_posts_of_own_pages_and_of_origins_that_are_allowed(string origin, string host)
    {
        await using var site = await CollectSite.StartAsync(options => options.AllowedOrigins.Add("https://www.shop.example"));

        var status = await site.PostAsync(PageView, headers =>
        {
            headers.Remove("Origin");
            headers.Add("Origin", origin);
            headers.Host = host;
        });

        Assert.Equal(HttpStatusCode.Accepted, status);
    }

    [Theory]
    [InlineData("http", "https", HttpStatusCode.Forbidden)]
    [InlineData("https", "http", HttpStatusCode.Accepted)]
    [InlineData("https", "https", HttpStatusCode.Accepted)]
    public async Task A_proxy_may_end_TLS_but_a_page_without_it_is_none_of_ours(string page, string request, HttpStatusCode expected)
    {
        await using var site = await CollectSite.StartAsync();

        var status = await site.PostAsync(PageView, headers =>
        {
            headers.Remove("Origin");
            headers.Add("Origin", page + "://shop.example:8443");
            headers.Add(CollectSite.SchemeHeader, request);
            headers.Host = "shop.example:8443";
        });

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task A_referer_of_another_site_is_not_the_page()
    {
        await using var site = await CollectSite.StartAsync();

        await site.PostAsync(PageView, headers => headers.Add("Referer", "https://other.example/"));

        Assert.False(Assert.Single(await site.ReceivedAsync()).Json.TryGetProperty("event_source_url", out _));
    }

    [Fact]
    public async Task A_token_stands_in_for_the_origin()
    {
        await using var site = await CollectSite.StartAsync(options => options.RequireAntiforgery = true, services => services.AddAntiforgery());
        using var page = await site.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/token"));
        var token = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var cookie = page.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        Assert.Equal(HttpStatusCode.Forbidden, await site.PostAsync(PageView));
        Assert.Equal(HttpStatusCode.Forbidden, await site.PostAsync(PageView, headers => headers.Add("RequestVerificationToken", token)));
        Assert.Equal(HttpStatusCode.Accepted, await site.PostAsync(PageView, headers =>
        {
            headers.Remove("Origin");
            headers.Add("RequestVerificationToken", token);
            headers.Add("Cookie", cookie);
        }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_a_body_that_is_too_large_whatever_its_headers_say(bool chunked)
    {
        await using var site = await CollectSite.StartAsync();
        var body = PageView + new string(' ', 16 * 1024 + 1 - PageView.Length);

        var largest = await site.PostAsync(body[..^1]);
        var request = site.Request(body);
        request.Headers.TransferEncodingChunked = chunked;

        Assert.Equal(HttpStatusCode.Accepted, largest);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await site.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("text/plain; charset=utf-16")]
    public async Task Refuses_other_content(string contentType)
    {
        await using var site = await CollectSite.StartAsync();

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await site.PostAsync(PageView, contentType: contentType));
    }

    [Fact]
    public async Task Refuses_content_of_no_type()
    {
        await using var site = await CollectSite.StartAsync();
        var request = site.Request(PageView);
        request.Content!.Headers.ContentType = null;

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await site.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Counts_the_posts_of_an_address_and_says_when_to_come_back()
    {
        await using var site = await CollectSite.StartAsync(options => options.RequestsPerMinute = 2);
        await site.PostAsync(PageView);
        site.Clock.Advance(TimeSpan.FromSeconds(19.5));
        await site.PostAsync(PageView);

        using var refused = await site.SendAsync(site.Request(PageView));
        site.Clock.Advance(TimeSpan.FromSeconds(40.5));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("41", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal(HttpStatusCode.Accepted, await site.PostAsync(PageView));
    }

    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    public async Task One_network_is_one_client(string first, string second)
    {
        await using var site = await CollectSite.StartAsync(options => options.RequestsPerMinute = 1);

        Assert.Equal(HttpStatusCode.Accepted, await site.PostAsync(PageView, headers => headers.Add(CollectSite.AddressHeader, first)));
        Assert.Equal(HttpStatusCode.TooManyRequests, await site.PostAsync(PageView, headers => headers.Add(CollectSite.AddressHeader, second)));
    }

    // Of 65,536 counts two networks may share one: never most of them.
    [Theory]
    [InlineData("203.0.113.{0}")]
    [InlineData("2001:db8:1:{0}::1")]
    public async Task Other_networks_are_other_clients(string address)
    {
        await using var site = await CollectSite.StartAsync(options => options.RequestsPerMinute = 1);

        var accepted = 0;
        for (var i = 1; i <= 10; i++)
        {
            accepted += await site.PostAsync(PageView, headers => headers.Add(CollectSite.AddressHeader, string.Format(null, address, i))) == HttpStatusCode.Accepted ? 1 : 0;
        }

        Assert.InRange(accepted, 6, 10);
    }

    [Theory]
    [InlineData(RokuConsent.Granted, HttpStatusCode.Accepted)]
    [InlineData(RokuConsent.Limited, HttpStatusCode.Accepted)]
    [InlineData(RokuConsent.Denied, HttpStatusCode.NoContent)]
    public async Task Asks_for_consent(RokuConsent consent, HttpStatusCode expected)
    {
        await using var site = await CollectSite.StartAsync(options => options.Consent = _ => consent, services => services.Configure<RokuRequestOptions>(options => options.PixelCookieName = "px"));

        Assert.Equal(expected, await site.PostAsync(PageView, headers => headers.Add("Cookie", "px=cookie-1")));

        var events = await site.ReceivedAsync();
        Assert.Equal(consent == RokuConsent.Denied ? 0 : 1, events.Count);
        Assert.All(events, e => Assert.Equal(consent == RokuConsent.Limited, e.Json.TryGetProperty("opt_out", out _)));
        Assert.All(events, e => Assert.Equal(consent == RokuConsent.Granted, e.Json.GetProperty("user_data").TryGetProperty("aFC", out _)));
    }

    [Fact]
    public async Task Without_a_callback_consent_is_what_the_request_options_say()
    {
        await using var site = await CollectSite.StartAsync(services: services => services.Configure<RokuRequestOptions>(options => options.HasConsent = _ => false));

        await site.PostAsync(PageView);

        Assert.Equal("true", Assert.Single(await site.ReceivedAsync()).Json.GetProperty("opt_out").GetString());
    }

    [Fact]
    public async Task The_host_adds_what_it_knows()
    {
        await using var site = await CollectSite.StartAsync(options => options.OnCollect = (context, rokuEvent) =>
        {
            rokuEvent.WithUser(user => user.Email("test@example.com")).WithCustomData(data => data.OrderId(context.Request.Path));
            return ValueTask.CompletedTask;
        });

        await site.PostAsync(PageView);

        var json = Assert.Single(await site.ReceivedAsync()).Json;
        Assert.Equal(Some.Digest, json.GetProperty("user_data").GetProperty("em").GetString());
        Assert.Equal("/collect", json.GetProperty("custom_data").GetProperty("order_id").GetString());
    }

    [Fact]
    public async Task Answers_unavailable_when_the_queue_stays_full()
    {
        var closed = new TaskCompletionSource();
        await using var site = await CollectSite.StartAsync(
            options => options.RequestsPerMinute = 1_000_000,
            services => services.Configure<RokuEventsOptions>(options => (options.Queue.MaxBytes, options.Batch.MaxEvents, options.Delivery.DrainTimeout) = (4 * 1024 * 1024, 1, TimeSpan.Zero)),
            client => client.HttpClient.ConfigurePrimaryHttpMessageHandler(() => new Stalled(closed.Task)));
        var large = RokuEvent.Create(EventName.PageView, timeProvider: site.Clock).From(EventSource.Website).WithUser(user => user.IpAddress("203.0.113.7")).WithCustomData(data => data.ContentName(new string('x', 50_000)));
        var filler = large.Build();
        while (site.Dispatcher.TryEnqueue(filler))
        {
        }

        var small = """{"event_name":"PAGE_VIEW","event_id":"1","custom_data":{"content_name":"LONG"}}""".Replace("LONG", new string('x', 16_000), StringComparison.Ordinal);
        HttpStatusCode status;
        do
        {
            var posting = site.PostAsync(small);
            while (await Task.WhenAny(posting, Task.Delay(5, TestContext.Current.CancellationToken)) != posting)
            {
                site.Clock.Advance(TimeSpan.FromSeconds(0.5));
            }

            status = await posting;
        }
        while (status == HttpStatusCode.Accepted);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        closed.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answers_unavailable_when_the_outbox_fails_or_the_client_is_shut_down(bool fails)
    {
        await using var site = await CollectSite.StartAsync(client: client => client.AddEventHook((rokuEvent, _) => fails ? throw new IOException("planted") : rokuEvent));
        if (!fails)
        {
            await ((IAsyncDisposable)site.Dispatcher).DisposeAsync();
        }

        using var refused = await site.SendAsync(site.Request(PageView));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.DoesNotContain("planted", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_for_a_durable_outbox_and_for_hooks_that_wait()
    {
        var directory = Directory.CreateTempSubdirectory();
        await using (var site = await CollectSite.StartAsync(client: client => client
            .UseSqliteOutbox(Path.Combine(directory.FullName, "outbox.db"))
            .AddEventHook(async (rokuEvent, _, _) =>
            {
                await Task.Yield();
                return rokuEvent;
            })))
        {
            Assert.Equal(HttpStatusCode.Accepted, await site.PostAsync(PageView));
            Assert.Equal("v-1", Assert.Single(await site.ReceivedAsync()).Id);
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Takes_the_event_of_a_page_that_closes_meanwhile()
    {
        var (reached, closed) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await CollectSite.StartAsync(
            options => options.OnCollect = (context, _) =>
            {
                context.RequestAborted.Register(closed.SetResult);
                reached.SetResult();
                return ValueTask.CompletedTask;
            },
            client: client => client.AddEventHook(async (rokuEvent, _, _) =>
            {
                await closed.Task;
                return rokuEvent;
            }));
        using var page = new CancellationTokenSource();

        var posting = site.SendAsync(site.Request(PageView), page.Token);
        await reached.Task;
        await page.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posting);

        while (site.Dispatcher.Counts.Accepted == 0)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal("v-1", Assert.Single(await site.ReceivedAsync()).Id);
    }

    [Fact]
    public async Task A_thousand_posts_at_once_all_arrive()
    {
        await using var site = await CollectSite.StartAsync(options => options.RequestsPerMinute = 1_000);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => site.PostAsync($$"""{"event_name":"PAGE_VIEW","event_id":"v-{{i}}"}""")));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Accepted, status));
        Assert.Equal(1_000, (await site.ReceivedAsync()).Select(e => e.Id).Distinct().Count());
        Assert.Equal(HttpStatusCode.TooManyRequests, await site.PostAsync(PageView));
    }

    [Fact]
    public async Task Sends_by_the_client_that_is_named()
    {
        await using var site = await CollectSite.StartAsync(
            options => options.ClientName = "brand-b",
            services => services.AddRokuEvents("brand-b", options => options.Identifiers.PhoneRule = PhoneRule.E164).UseEmulator());

        Assert.Equal(HttpStatusCode.Accepted, await site.PostAsync(PageView));

        Assert.Equal(1, site.Services.GetRequiredKeyedService<IBatchDispatcher>("brand-b").Counts.Accepted);
        Assert.Equal(0, site.Dispatcher.Counts.Accepted);
    }

    [Fact]
    public async Task Descriptions_of_the_api_show_what_it_takes_and_answers()
    {
        await using var site = await CollectSite.StartAsync(services: services => services.AddEndpointsApiExplorer());

        var description = Assert.Single(
            site.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(group => group.Items),
            item => item.RelativePath == "collect");

        Assert.Equal(["application/json", "text/plain"], description.SupportedRequestFormats.Select(format => format.MediaType));
        Assert.Equal([202, 204, 400, 403, 413, 415, 429, 503], description.SupportedResponseTypes.Select(type => type.StatusCode).Order());
    }

    public static TheoryData<Action<RokuCollectOptions>, string> WrongOptions => new()
    {
        { options => options.EventNames.Clear(), "RokuCollectOptions.EventNames is empty, so nothing could be posted. Name at least one event." },
        { options => options.EventNames.Add(new EventName("page view")), "RokuCollectOptions.EventNames holds a name of another shape than Roku's. Use capital letters, digits and underscores, such as PAGE_VIEW." },
        { options => options.EventNames.Add(default), "RokuCollectOptions.EventNames holds a name of another shape than Roku's. Use capital letters, digits and underscores, such as PAGE_VIEW." },
        { options => options.UserDataFields.Add("email"), "RokuCollectOptions.UserDataFields holds 'email', which a page cannot post. There are em, ph, fn, ln, db, ge, ct, st, zp, country; add others in OnCollect." },
        { options => options.AllowedOrigins.Add("shop.example"), "RokuCollectOptions.AllowedOrigins holds 'shop.example'. Use scheme, host and port alone, such as https://www.shop.example." },
        { options => options.AllowedOrigins.Add("https://shop.example/cart"), "RokuCollectOptions.AllowedOrigins holds 'https://shop.example/cart'. Use scheme, host and port alone, such as https://www.shop.example." },
        { options => options.RequestsPerMinute = 0, "RokuCollectOptions.RequestsPerMinute is 0. Use a value from 1 to 1000000." },
        { options => options.ClientName = "brand-c", "RokuCollectOptions.ClientName is 'brand-c', but there is no such client. Call services.AddRokuEvents(\"brand-c\", …)." },
        { options => options.RequireAntiforgery = true, "RokuCollectOptions.RequireAntiforgery is true, but there is no IAntiforgery. Call services.AddAntiforgery()." },
    };

    [Theory]
    [MemberData(nameof(WrongOptions), DisableDiscoveryEnumeration = true)]
    public void A_wrong_option_is_named_when_the_endpoint_is_mapped(Action<RokuCollectOptions> configure, string message)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRokuEvents(_ => { });
        using IDisposable app = builder.Build();

        var error = Assert.ThrowsAny<Exception>(() => ((WebApplication)app).MapRokuEvents("/collect", configure));

        Assert.Equal(message, error.Message);
        Assert.True(error is ArgumentException or InvalidOperationException);
    }

    private sealed class Stalled(Task opened) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await opened.WaitAsync(cancellationToken);
            return TestClient.Answer(200);
        }
    }
}
