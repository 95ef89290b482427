using System.Text.Json;

namespace Roku.Events.Tests.Events;

public sealed class LimitedDataUseTests
{
    private static readonly string[] DeviceIdentifiers = ["aRI", "aGA", "AID", "aGI", "aDX", "aFC", "ga_session_id", "ga_client_id"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public async Task Device_identifiers_are_left_out_under_the_flag_where_the_options_say_so(bool option, bool limited, bool sent)
    {
        await using var client = Client(option);
        await client.Dispatcher.EnqueueAsync(Everything().WithLimitedDataUse(limited).Build(), Cancel);
        await client.Dispatcher.FlushAsync(Cancel);

        var userData = Assert.Single(client.Emulator.Events).Json.GetProperty("user_data");
        Assert.All(DeviceIdentifiers, name => Assert.Equal(sent, userData.TryGetProperty(name, out _)));
        Assert.All(new[] { "em", "client_ip_address", "client_user_agent", "external_id" }, name => Assert.True(userData.TryGetProperty(name, out _)));
    }

    [Fact]
    public async Task Nothing_else_of_the_event_changes()
    {
        await using var client = Client(option: true);
        var given = Everything().WithLimitedDataUse().OnPage("https://shop.example/").WithCustomData(data => data.Value(5, "USD")).Build();
        await client.Client.SendAsync([given], Cancel);

        var sent = Assert.Single(client.Emulator.Events).Json;
        using var before = JsonDocument.Parse(EventJson.Text(given));
        foreach (var member in before.RootElement.EnumerateObject().Where(member => member.Name != "user_data"))
        {
            Assert.Equal(member.Value.GetRawText(), sent.GetProperty(member.Name).GetRawText());
        }
    }

    [Fact]
    public async Task An_event_that_nothing_else_matches_is_vetoed()
    {
        await using var client = Client(option: true);
        var rokuEvent = RokuEvent.Create(EventName.PageView).From(EventSource.CtvApp).At(Some.Now).WithUser(user => user.RokuAdvertisingId("rida")).WithLimitedDataUse().Build();

        await client.Dispatcher.EnqueueAsync(rokuEvent, Cancel);
        var report = await client.Client.SendAsync([rokuEvent], Cancel);

        Assert.Equal((0, 1), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Vetoed));
        Assert.Equal(1, report.Vetoed);
        Assert.Empty(client.Emulator.Requests);
    }

    [Fact]
    public async Task A_hook_that_raises_the_flag_is_obeyed()
    {
        await using var client = TestClient.WithEmulator(
            options => options.Identifiers.DropDeviceIdentifiersUnderLimitedDataUse = true,
            extend: builder => builder.AddEventHook((rokuEvent, _) => rokuEvent.ToBuilder().WithLimitedDataUse().Build()));
        await client.Dispatcher.EnqueueAsync(Everything().Build(), Cancel);
        await client.Dispatcher.FlushAsync(Cancel);

        var json = Assert.Single(client.Emulator.Events).Json;
        Assert.Equal("true", json.GetProperty("opt_out").GetString());
        Assert.False(json.GetProperty("user_data").TryGetProperty("aRI", out _));
    }

    private static TestClient Client(bool option) => TestClient.WithEmulator(options => options.Identifiers.DropDeviceIdentifiersUnderLimitedDataUse = option);

    private static RokuEventBuilder Everything() => Some.PurchaseToBe().WithUser(user => user
        .IpAddress("203.0.113.7").UserAgent("agent").ExternalId("x").RokuAdvertisingId("r").GoogleAdvertisingId("g").AppleAdvertisingId("a")
        .AppleVendorId("v").DeviceIdDx("d").PixelCookie("c").GaSessionId("s").GaClientId("i"));
}
