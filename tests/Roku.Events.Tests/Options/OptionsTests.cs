using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Roku.Events.Emulator;

namespace Roku.Events.Tests.Options;

public sealed class OptionsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "ApiKey", "", "ApiKey is empty" },
        { "ApiKey", "secret key\n", "ApiKey has white space" },
        { "EventGroupId", " ", "EventGroupId is empty" },
        { "Endpoint", "http://events.example", "Endpoint is 'http://events.example/'. Use an absolute https address" },
        { "Endpoint", "v1/events", "Endpoint is 'v1/events'" },
        { "Batch:MaxEvents", "5000", "Batch.MaxEvents is 5000. Roku accepts at most 1000 events a request. Use a value from 1 to 1000." },
        { "Batch:MaxEvents", "0", "Batch.MaxEvents is 0" },
        { "Batch:MaxBytes", "1000001", "Batch.MaxBytes is 1000001" },
        { "Batch:MaxBytes", "10", "Batch.MaxBytes is 10" },
        { "Batch:MaxAge", "00:00:00", "Batch.MaxAge is 00:00:00" },
        { "Batch:MaxAge", "00:10:01", "Batch.MaxAge is 00:10:01" },
        { "Queue:MaxBytes", "1000000", "Queue.MaxBytes is 1000000. Use at least 4194304 (4 MiB)" },
        { "Queue:WhenFull", "17", "Queue.WhenFull is 17. Use Wait, DropNewest or DropOldest." },
        { "Delivery:MaxConcurrentRequests", "0", "Delivery.MaxConcurrentRequests is 0" },
        { "Delivery:RequestTimeout", "00:00:00.5", "Delivery.RequestTimeout is 00:00:00.5" },
        { "Delivery:MaxRetries", "11", "Delivery.MaxRetries is 11" },
        { "Delivery:MaxRetryDelay", "2.00:00:00", "Delivery.MaxRetryDelay is 2.00:00:00" },
        { "Delivery:MaxEventAge", "00:00:00", "Delivery.MaxEventAge is 00:00:00" },
        { "Delivery:DrainTimeout", "-00:00:01", "Delivery.DrainTimeout is -00:00:01" },
        { "Identifiers:PhoneRule", "9", "Identifiers.PhoneRule is 9" },
        { "Identifiers:DefaultCallingCode", "+44", "Identifiers.DefaultCallingCode is '+44'. Use the 1 to 3 digits" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_stops_the_host_at_start_and_names_the_setting(string setting, string value, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Roku:ApiKey"] = "key",
            ["Roku:EventGroupId"] = "group",
            [$"Roku:{setting}"] = value,
        });
        builder.Services.AddRokuEvents();
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.StartsWith("RokuEventsOptions: " + message, Assert.Single(error.Failures));
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public void All_mistakes_are_reported_together_and_without_a_host_at_first_use()
    {
        var services = new ServiceCollection();
        services.AddRokuEvents("brand-b", options => options.Batch.MaxEvents = 0);
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<RokuEventsClient>("brand-b"));

        Assert.Equal(3, error.Failures.Count());
        Assert.All(error.Failures, failure => Assert.StartsWith("RokuEventsOptions of client 'brand-b': ", failure));
    }

    [Fact]
    public async Task Http_is_taken_for_loopback()
    {
        await using var client = TestClient.WithEmulator(options => options.Endpoint = new Uri("http://127.0.0.1:5080"));

        var report = await client.Client.SendAsync([Some.Purchase()], Cancel);

        Assert.Equal(1, report.Delivered);
    }

    [Fact]
    public async Task The_default_client_is_bound_to_the_section_roku()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Roku:EventGroupId"] = "from-configuration",
            ["Roku:Batch:MaxEvents"] = "7",
            ["Roku:Identifiers:PhoneRule"] = "E164",
        }).Build());
        services.AddRokuEvents().UseEmulator();
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<RokuEventsOptions>>().Value;

        Assert.Equal(("from-configuration", 7, PhoneRule.E164), (options.EventGroupId, options.Batch.MaxEvents, options.Identifiers.PhoneRule));
        Assert.Equal(PhoneRule.E164, provider.GetRequiredService<IdentifierHasher>().PhoneRule);
    }

    [Fact]
    public async Task A_section_of_ones_own_serves_as_well()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Ads:Tv:EventGroupId"] = "tv" }).Build().GetSection("Ads:Tv");
        var services = new ServiceCollection();
        services.AddRokuEvents(section).UseEmulator();
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<RokuEventsClient>().SendAsync([Some.Purchase()], Cancel);

        Assert.Equal("tv", Assert.Single(provider.GetRequiredService<RokuEmulator>().Events).EventGroupId);
    }

    [Fact]
    public async Task Named_clients_have_keys_groups_and_queues_of_their_own()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["EventGroupId"] = "group-a" }).Build();
        var services = new ServiceCollection();
        services.AddRokuEvents("a", section).UseEmulator();
        services.AddRokuEvents("b", options => options.EventGroupId = "group-b").UseEmulator();
        await using var provider = services.BuildServiceProvider();

        foreach (var name in new[] { "a", "b" })
        {
            var dispatcher = provider.GetRequiredKeyedService<IBatchDispatcher>(name);
            await dispatcher.EnqueueAsync(Some.Purchase(name), Cancel);
            await dispatcher.FlushAsync(Cancel);
        }

        foreach (var name in new[] { "a", "b" })
        {
            var received = Assert.Single(provider.GetRequiredKeyedService<RokuEmulator>(name).Events);
            Assert.Equal((name, "group-" + name), (received.Id, received.EventGroupId));
        }

        Assert.Null(provider.GetService<IBatchDispatcher>());
    }

    [Fact]
    public async Task Adding_a_client_again_adds_to_its_options_only()
    {
        var services = new ServiceCollection();
        services.AddRokuEvents(options => options.EventGroupId = "first");
        services.AddRokuEvents(options => options.Batch.MaxEvents = 3).UseEmulator();
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<RokuEventsClient>().SendAsync([Some.Purchase()], Cancel);

        Assert.Equal("first", Assert.Single(provider.GetRequiredService<RokuEmulator>().Events).EventGroupId);
        Assert.Single(services, service => service.ServiceType == typeof(IHostedService));
    }

    [Fact]
    public async Task A_changed_event_group_sends_what_is_open_under_the_old_one_first()
    {
        var (configuration, provider) = Reloadable();
        await using var _ = provider;
        var dispatcher = provider.GetRequiredService<IBatchDispatcher>();
        await dispatcher.EnqueueAsync(Some.Purchase("old"), Cancel);

        configuration["Roku:EventGroupId"] = "new-group";
        ((IConfigurationRoot)configuration).Reload();
        await dispatcher.EnqueueAsync(Some.Purchase("new"), Cancel);
        await dispatcher.FlushAsync(Cancel);

        Assert.Equal(
            [("new", "new-group"), ("old", "old-group")],
            provider.GetRequiredService<RokuEmulator>().Events.Select(e => (e.Id!, e.EventGroupId)).Order());
    }

    [Fact]
    public async Task A_change_of_the_options_flushes()
    {
        var (configuration, provider) = Reloadable();
        await using var _ = provider;
        var dispatcher = provider.GetRequiredService<IBatchDispatcher>();
        await dispatcher.EnqueueAsync(Some.Purchase("old"), Cancel);

        ((IConfigurationRoot)configuration).Reload();
        while (dispatcher.Counts.Delivered == 0)
        {
            await Task.Delay(1, Cancel);
        }

        Assert.Single(provider.GetRequiredService<RokuEmulator>().Events);
    }

    [Fact]
    public async Task An_invalid_change_is_not_taken()
    {
        var (configuration, provider) = Reloadable();
        await using var _ = provider;
        var dispatcher = provider.GetRequiredService<IBatchDispatcher>();

        configuration["Roku:Batch:MaxEvents"] = "-1";
        Assert.ThrowsAny<Exception>(() => ((IConfigurationRoot)configuration).Reload());
        await dispatcher.EnqueueAsync(Some.Purchase(), Cancel);
        await dispatcher.FlushAsync(Cancel);

        Assert.Single(provider.GetRequiredService<RokuEmulator>().Events);
    }

    [Fact]
    public void A_name_that_is_not_given_is_an_error()
    {
        var services = new ServiceCollection();

        Assert.Throws<ArgumentNullException>(() => services.AddRokuEvents(null!, options => { }));
        Assert.Throws<ArgumentNullException>(() => services.AddRokuEvents((Action<RokuEventsOptions>)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddRokuEvents((IConfiguration)null!));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddRokuEvents());
    }

    private static (ConfigurationManager Configuration, ServiceProvider Provider) Reloadable()
    {
        var configuration = new ConfigurationManager();
        configuration["Roku:EventGroupId"] = "old-group";
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddRokuEvents().UseEmulator();
        return (configuration, services.BuildServiceProvider());
    }
}
