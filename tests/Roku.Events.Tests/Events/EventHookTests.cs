using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.Events;

public sealed class EventHookTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_veto_keeps_an_event_from_the_queue_and_is_counted()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddEventHook((rokuEvent, _) => rokuEvent.Id == "no" ? null : rokuEvent));

        await client.Dispatcher.EnqueueAsync(Some.Purchase("no"), Cancel);
        await client.Dispatcher.EnqueueAsync(Some.Purchase("yes"), Cancel);
        Assert.True(client.Dispatcher.TryEnqueue(Some.Purchase("no")));
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal("yes", Assert.Single(client.Emulator.Events).Id);
        Assert.Equal((1, 1, 2), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Delivered, client.Dispatcher.Counts.Vetoed));
    }

    [Fact]
    public async Task A_suppression_list_of_hashes_can_be_asked()
    {
        await using var client = TestClient.WithEmulator(extend: builder =>
        {
            builder.Services.AddSingleton(new HashSet<IdentifierHash> { IdentifierHasher.Default.HashEmail("Jane@Example.com")!.Value });
            builder.AddEventHook((rokuEvent, services) =>
                rokuEvent.Email is { } email && services.GetRequiredService<HashSet<IdentifierHash>>().Contains(email) ? null : rokuEvent);
        });

        await client.Dispatcher.EnqueueAsync(Some.Purchase("jane"), Cancel);
        await client.Dispatcher.EnqueueAsync(Some.Purchase("john", "john@example.com"), Cancel);
        await client.Dispatcher.FlushAsync(Cancel);

        Assert.Equal("john", Assert.Single(client.Emulator.Events).Id);
    }

    [Fact]
    public async Task An_event_can_be_enriched_and_the_original_stays_as_it_was()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder
            .AddEventHook((rokuEvent, _) => rokuEvent.ToBuilder().WithCustomData(data => data.Status("from-hook").Product("extra", 1, 2)).Build()));
        var given = Some.PurchaseToBe().WithCustomData(data => data.Value(1, "USD").Product("sku", 1, 1)).Build();
        var before = EventJson.Text(given);

        await client.Dispatcher.EnqueueAsync(given, Cancel);
        await client.Dispatcher.FlushAsync(Cancel);

        var custom = Assert.Single(client.Emulator.Events).Json.GetProperty("custom_data");
        Assert.Equal(("from-hook", 2), (custom.GetProperty("status").GetString(), custom.GetProperty("contents").GetArrayLength()));
        Assert.Equal(before, EventJson.Text(given));
    }

    [Fact]
    public async Task Hooks_run_in_their_order_and_end_with_the_first_veto()
    {
        var calls = new List<string>();
        await using var client = TestClient.WithEmulator(extend: builder => builder
            .AddEventHook((rokuEvent, _) => Note("first", rokuEvent))
            .AddEventHook(async (rokuEvent, _, cancellationToken) =>
            {
                await Task.Delay(1, cancellationToken);
                return Note("second", rokuEvent.Id == "stop" ? null : rokuEvent);
            })
            .AddEventHook((rokuEvent, _) => Note("third", rokuEvent)));

        await client.Dispatcher.EnqueueAsync(Some.Purchase("stop"), Cancel);
        await client.Dispatcher.EnqueueAsync(Some.Purchase("go"), Cancel);

        Assert.Equal(["first", "second", "first", "second", "third"], calls);
        Assert.Equal(1, client.Dispatcher.Counts.Accepted);

        RokuEvent? Note(string call, RokuEvent? rokuEvent)
        {
            calls.Add(call);
            return rokuEvent;
        }
    }

    [Fact]
    public async Task What_a_hook_throws_reaches_the_caller_and_the_event_is_not_accepted()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddEventHook(static (_, _) => throw new InvalidOperationException("no consent service")));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.Dispatcher.EnqueueAsync(Some.Purchase(), Cancel));
        Assert.Throws<InvalidOperationException>(() => client.Dispatcher.TryEnqueue(Some.Purchase()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Client.SendAsync([Some.Purchase()], Cancel));

        Assert.Equal((0, 0), (client.Dispatcher.Counts.Accepted, client.Dispatcher.Counts.Vetoed));
    }

    [Fact]
    public async Task TryEnqueue_cannot_wait_for_a_hook()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddEventHook(static (rokuEvent, _, _) => ValueTask.FromResult<RokuEvent?>(rokuEvent)));

        var error = Assert.Throws<InvalidOperationException>(() => client.Dispatcher.TryEnqueue(Some.Purchase()));

        Assert.Contains("EnqueueAsync", error.Message);
    }

    [Fact]
    public async Task A_cancelled_caller_ends_the_waiting_for_a_hook_and_nothing_is_accepted()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddEventHook(static async (rokuEvent, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return rokuEvent;
        }));
        using var source = new CancellationTokenSource();
        var enqueuing = client.Dispatcher.EnqueueAsync(Some.Purchase(), source.Token).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => enqueuing);
        Assert.Equal(0, client.Dispatcher.Counts.Accepted);
    }

    [Fact]
    public async Task SendAsync_passes_the_hooks_too_and_reports_vetoes()
    {
        await using var client = TestClient.WithEmulator(extend: builder => builder.AddEventHook((rokuEvent, _) => rokuEvent.Id == "no" ? null : rokuEvent));

        var report = await client.Client.SendAsync([Some.Purchase("a"), Some.Purchase("no"), Some.Purchase("b")], Cancel);

        Assert.Equal((2, 0, 0, 1), (report.Delivered, report.Rejected, report.Undelivered, report.Vetoed));
        Assert.Equal((1, "no", EventOutcome.Vetoed), (report.Failures[0].Index, report.Failures[0].EventId, report.OutcomeOf(1)));
        Assert.Equal(["a", "b"], client.Emulator.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task A_hook_that_hashes_by_other_rules_is_found_out()
    {
        await using var client = TestClient.WithEmulator(
            options => options.Identifiers.PhoneRule = PhoneRule.E164,
            extend: builder => builder.AddEventHook((rokuEvent, _) => rokuEvent.ToBuilder().WithUser(user => user.Phone("+14155550142")).Build()));

        await Assert.ThrowsAsync<RokuEventValidationException>(async () => await client.Dispatcher.EnqueueAsync(Some.Purchase(), Cancel));
    }

    [Fact]
    public async Task Named_clients_have_hooks_of_their_own()
    {
        var services = new ServiceCollection();
        services.AddRokuEvents("a", static options => (options.ApiKey, options.EventGroupId) = ("key", "group")).UseEmulator().AddEventHook(static (_, _) => null);
        services.AddRokuEvents("b", static options => (options.ApiKey, options.EventGroupId) = ("key", "group")).UseEmulator();
        await using var provider = services.BuildServiceProvider();

        foreach (var name in new[] { "a", "b" })
        {
            await provider.GetRequiredKeyedService<IBatchDispatcher>(name).EnqueueAsync(Some.Purchase(), Cancel);
        }

        Assert.Equal(1, provider.GetRequiredKeyedService<IBatchDispatcher>("a").Counts.Vetoed);
        Assert.Equal(1, provider.GetRequiredKeyedService<IBatchDispatcher>("b").Counts.Accepted);
    }
}
