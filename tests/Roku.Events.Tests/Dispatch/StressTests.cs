using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events.Tests.Dispatch;

public sealed partial class StressTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_books_add_up_and_nobody_is_stuck_under_a_full_queue_faults_flushes_and_changing_options()
    {
        var accepted = new ConcurrentDictionary<string, int>();
        var random = new Random(7);
        await using var client = new ReloadableClient(
            async (request, body, cancel) =>
            {
                int dice;
                lock (random)
                {
                    dice = random.Next(12);
                }

                if (dice == 5)
                {
                    await Task.Yield();
                }

                if (request.Headers.Authorization!.Parameter == "bad-key")
                {
                    return TestClient.Answer(401);
                }

                switch (dice)
                {
                    case 0: return TestClient.Answer(503);
                    case 1: throw new HttpRequestException("reset");
                    case 2 when body.Length > 20_000: return TestClient.Answer(413);
                    case 3 when body.Length > 50_000: return TestClient.Answer(400, """{"error":"?"}""");
                }

                foreach (Match id in Ids().Matches(body))
                {
                    accepted.AddOrUpdate(id.Groups[1].Value, 1, static (_, times) => times + 1);
                }

                return TestClient.Answer(200);
            },
            settings => (settings["Roku:Queue:MaxBytes"], settings["Roku:Delivery:MaxRetryDelay"]) = ("4194304", "00:00:01"));
        var dispatcher = client.Dispatcher;
        var done = false;
        var changing = Task.Run(
            async () =>
            {
                for (var i = 0; !Volatile.Read(ref done); i++)
                {
                    client.Change(
                        ("ApiKey", i % 5 == 3 ? "bad-key" : "key-a"),
                        ("EventGroupId", i % 3 == 0 ? "group-a" : "group-bb"),
                        ("Batch:MaxEvents", i % 2 == 0 ? "1000" : "7"));
                    client.Clock.Advance(TimeSpan.FromSeconds(1));
                    await Task.Delay(1, Cancel);
                }

                client.Change(("ApiKey", "key-a"));
            },
            Cancel);

        var producers = Enumerable.Range(0, 6).Select(thread => Task.Run(
            async () =>
            {
                for (var i = 0; i < 400; i++)
                {
                    await dispatcher.EnqueueAsync(ReloadableClient.Large(4_000, $"{thread}-{i}"), Cancel);
                    if (i % 100 == 99)
                    {
                        await dispatcher.FlushAsync(Cancel);
                    }
                }
            },
            Cancel)).ToArray();
        var end = Environment.TickCount64 + 60_000;
        while (!Task.WhenAll(producers).IsCompleted && Environment.TickCount64 < end)
        {
            await Task.Delay(5, Cancel);
        }

        Volatile.Write(ref done, true);
        await changing;
        Assert.True(Task.WhenAll(producers).IsCompletedSuccessfully, dispatcher.Counts.ToString());
        var counts = dispatcher.Counts;
        Assert.Equal((2_400, 2_400, 0, 0), (counts.Accepted, counts.Delivered + counts.Rejected, counts.Waiting, counts.WaitingBytes));
        Assert.Equal(2_400 - counts.Rejected, accepted.Count);
        Assert.All(accepted.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public void A_container_disposed_synchronously_says_so()
    {
        var services = new ServiceCollection();
        services.AddRokuEvents(options => (options.ApiKey, options.EventGroupId) = ("key", "group"));
        var provider = services.BuildServiceProvider();
        Assert.True(provider.GetRequiredService<IBatchDispatcher>().TryEnqueue(Some.Purchase()));

        var error = Assert.Throws<InvalidOperationException>(provider.Dispose);

        Assert.Contains("DisposeAsync", error.Message);
    }

    [GeneratedRegex("\"event_id\":\"([^\"]*)\"")]
    private static partial Regex Ids();
}
