using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Roku.Events.Emulator.Tests;

public sealed class LiveFeedTests : IAsyncDisposable
{
    private const int Seq = 0, Name = 3, Source = 4, Id = 5, Bits = 9, Strength = 10, Flags = 11;

    private readonly FakeTimeProvider _clock = Some.Clock();
    private readonly RokuEmulator _emulator;

    public LiveFeedTests() => _emulator = new RokuEmulator(timeProvider: _clock);

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task Begins_with_what_is_remembered_and_goes_on_with_what_arrives()
    {
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a")));
        using var client = await ClientAsync();
        using var feed = await LiveFeed.OpenAsync(client);

        var first = await feed.NextAsync();
        await _emulator.SendAsync(Some.Batch(Some.Purchase("b")));
        var second = await feed.NextAsync();

        Assert.Equal((true, 1000, 1_000_000), ((bool)first["about"]!["anyKey"]!, (int)first["about"]!["maxEvents"]!, (int)first["about"]!["maxBytes"]!));
        Assert.Equal((1, "PURCHASE", "website", "a"), Row(Assert.Single(first["events"]!.AsArray())!));
        Assert.Null(second["about"]);
        Assert.Equal((2, "PURCHASE", "website", "b"), Row(Assert.Single(second["events"]!.AsArray())!));
        Assert.Equal((2, 2), ((int)second["totals"]!["events"]!, (int)second["totals"]!["requests"]!));
    }

    [Fact]
    public async Task Goes_on_after_the_message_the_page_has_seen()
    {
        using var client = await ClientAsync();
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a")));
        using var feed = await LiveFeed.OpenAsync(client);
        await feed.NextAsync();
        await _emulator.SendAsync(Some.Batch(Some.Purchase("b")));

        using var resumed = await LiveFeed.OpenAsync(client, feed.LastId);
        var message = await resumed.NextAsync();

        Assert.Null(message["about"]);
        Assert.Equal("b", (string?)Assert.Single(message["events"]!.AsArray())![Id]);
    }

    [Theory]
    [InlineData("of another emulator.5.5.5")]
    [InlineData("a.-1.b.c")]
    [InlineData("...")]
    public async Task Begins_afresh_after_a_message_it_did_not_send(string lastId)
    {
        using var client = await ClientAsync();
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a")));
        using var feed = await LiveFeed.OpenAsync(client, lastId);

        var message = await feed.NextAsync();

        Assert.NotNull(message["about"]);
        Assert.Single(message["events"]!.AsArray());
    }

    [Fact]
    public async Task Begins_afresh_when_the_emulator_is_cleared()
    {
        using var client = await ClientAsync();
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a")));
        using var feed = await LiveFeed.OpenAsync(client);
        await feed.NextAsync();

        _emulator.Clear();
        var message = await feed.NextAsync();

        Assert.NotNull(message["about"]);
        Assert.Empty(message["events"]!.AsArray());
        Assert.Equal((0, 0), ((int)message["totals"]!["events"]!, message["figures"]!["revenue"]!.AsObject().Count));
    }

    [Fact]
    public async Task Says_how_much_was_forgotten_before_it_could_be_told()
    {
        await using var emulator = new RokuEmulator(new() { MaxRememberedEvents = 10 }, _clock);
        await emulator.SendAsync(Some.Purchases(25));
        using var client = await ClientAsync(emulator);
        using var feed = await LiveFeed.OpenAsync(client);

        var message = await feed.NextAsync();

        Assert.Equal((15, 25), ((int)message["forgotten"]!, (int)message["totals"]!["events"]!));
        Assert.Equal(Enumerable.Range(16, 10), message["events"]!.AsArray().Select(row => (int)row![Seq]!));
    }

    [Fact]
    public async Task Sends_much_in_parts()
    {
        for (var i = 0; i < 5; i++)
        {
            await _emulator.SendAsync(Some.Purchases(1_000));
        }

        using var client = await ClientAsync();
        using var feed = await LiveFeed.OpenAsync(client);
        JsonNode[] messages = [await feed.NextAsync(), await feed.NextAsync(), await feed.NextAsync()];

        Assert.Equal([(2_000, true), (2_000, true), (1_000, false)], messages.Select(m => (m["events"]!.AsArray().Count, (bool)m["more"]!)));
    }

    [Theory]
    [InlineData("""{"is_hashed":true,"ph":"973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"}""", 3)]
    [InlineData("""{"is_hashed":true,"aRI":"x"}""", 3)]
    [InlineData("""{"is_hashed":true,"AID":"x"}""", 2)]
    [InlineData("""{"is_hashed":true,"client_ip_address":"203.0.113.7","external_id":"17"}""", 2)]
    [InlineData("""{"is_hashed":true,"client_ip_address":"203.0.113.7","external_id":"","ct":"Bonn"}""", 1)]
    public async Task Weighs_the_identifiers(string user, int strength)
    {
        var purchase = Some.Purchase();
        purchase["user_data"] = JsonNode.Parse(user);
        await _emulator.SendAsync(Some.Batch(purchase));

        var row = await FirstRowAsync();

        Assert.Equal(strength, (int)row[Strength]!);
        Assert.NotEqual(0, (int)row[Bits]!);
    }

    [Fact]
    public async Task Marks_duplicates_pixels_and_warnings()
    {
        var odd = Some.Purchase("b");
        odd["custom_data"]!["colour"] = "red";
        await _emulator.SendAsync(Some.Batch(Some.Purchase("a"), Some.Purchase("a"), odd));
        using var client = await ClientAsync();
        using var body = new StringContent("""{"event_group_id":"g","event_name":"LEAD"}""");
        await client.PostAsync("/pixel", body, TestContext.Current.CancellationToken);
        using var feed = await LiveFeed.OpenAsync(client);

        Assert.Equal([0, 1, 4, 2], (await feed.NextAsync())["events"]!.AsArray().Select(row => (int)row![Flags]!));
    }

    [Fact]
    public async Task Counts_revenue_once_and_only_where_money_changes_hands()
    {
        using var client = await ClientAsync();
        var cart = Some.Purchase("c");
        cart["event_name"] = "ADD_TO_CART";
        var euros = Some.Purchase("e");
        euros["custom_data"]!["currency"] = "EUR";
        var fortune = Some.Purchase("f");
        fortune["custom_data"]!["value"] = JsonNode.Parse("1e400");
        using var pixel = new StringContent($$"""{"event_group_id":"{{Some.Group}}","event_name":"PURCHASE","event_id":"p"}""");
        await client.PostAsync("/pixel", pixel, TestContext.Current.CancellationToken);

        await _emulator.SendAsync(Some.Batch(Some.Purchase("a"), Some.Purchase("a"), cart, euros, fortune, Some.Purchase("p"), Some.Purchase("p")));

        using var feed = await LiveFeed.OpenAsync(client);
        var revenue = (await feed.NextAsync())["figures"]!["revenue"]!;
        Assert.Equal((259.98m, 129.99m), ((decimal)revenue["USD"]!, (decimal)revenue["EUR"]!));
    }

    [Fact]
    public async Task Keeps_a_timeline_of_bounded_length_in_which_nothing_is_lost()
    {
        using var client = await ClientAsync();
        foreach (var pause in new[] { 0, 1, 10, 100, 1_000, 10_000, 100_000 })
        {
            _clock.Advance(TimeSpan.FromSeconds(pause));
            var purchase = Some.Purchase($"after-{pause}");
            purchase["event_time"] = Some.Now.ToUnixTimeSeconds() - pause;
            await _emulator.SendAsync(Some.Batch(purchase));
        }

        using var feed = await LiveFeed.OpenAsync(client);
        var figures = (await feed.NextAsync())["figures"]!;

        Assert.All(["byArrival", "byTime"], name =>
        {
            var line = figures[name]!;
            var events = line["events"]!.AsArray().Select(n => (int)n!).ToList();
            Assert.InRange(events.Count, 2, 240);
            Assert.Equal((7, 512), (events.Sum(), (int)line["width"]!));
            Assert.Equal(7 * 129.99m, line["revenue"]!["USD"]!.AsArray().Sum(n => (decimal)n!));
        });
    }

    [Fact]
    public async Task Leaves_out_of_the_timeline_what_is_too_old_for_it()
    {
        using var client = await ClientAsync();
        var ancient = Some.Purchase("ancient");
        ancient["event_time"] = 1;

        await _emulator.SendAsync(Some.Batch(Some.Purchase("a"), ancient, Some.Purchase("b")));

        using var feed = await LiveFeed.OpenAsync(client);
        var figures = (await feed.NextAsync())["figures"]!;
        Assert.Equal(2, figures["byTime"]!["events"]!.AsArray().Sum(n => (int)n!));
        Assert.Equal(3, figures["byArrival"]!["events"]!.AsArray().Sum(n => (int)n!));
    }

    [Fact]
    public async Task Counts_each_kind_of_problem_with_its_rule_and_fix()
    {
        using var client = await ClientAsync();
        var late = Some.Purchase("a");
        late["event_time"] = 1_730_017_211_000;

        await _emulator.SendAsync(Some.Batch(late, late.DeepClone()));

        using var feed = await LiveFeed.OpenAsync(client);
        var problem = Assert.Single((await feed.NextAsync())["figures"]!["problems"]!.AsArray())!;
        Assert.Equal(("event_time", 2, "a"), ((string?)problem["field"], (int)problem["count"]!, (string?)problem["id"]));
        Assert.StartsWith("event_time is whole seconds", (string?)problem["rule"], StringComparison.Ordinal);
        Assert.StartsWith("Divide milliseconds", (string?)problem["fix"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_at_once_when_the_emulator_is_disposed()
    {
        using var client = await ClientAsync();
        using var feed = await LiveFeed.OpenAsync(client);
        await feed.NextAsync();

        await _emulator.DisposeAsync();

        await Assert.ThrowsAnyAsync<IOException>(feed.NextAsync);
    }

    private static (int Seq, string? Name, string? Source, string? Id) Row(JsonNode row) =>
        ((int)row[Seq]!, (string?)row[Name], (string?)row[Source], (string?)row[Id]);

    private async Task<JsonNode> FirstRowAsync()
    {
        using var client = await ClientAsync();
        using var feed = await LiveFeed.OpenAsync(client);
        return (await feed.NextAsync())["events"]![0]!;
    }

    private async Task<HttpClient> ClientAsync(RokuEmulator? emulator = null) =>
        new() { BaseAddress = await (emulator ?? _emulator).ListenAsync(cancellationToken: TestContext.Current.CancellationToken) };
}
