namespace Roku.Events.Tests.Delivery;

// Measures the memory of the whole process, so no other test may run beside it.
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    [Fact]
    public async Task A_refusal_that_names_one_event_at_a_time_takes_no_memory_for_each()
    {
        var requests = 0;
        long most = 0;
        await using var client = TestClient.Answering(_ =>
        {
            if (++requests % 50 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            }

            return TestClient.Answer(400, """{"errors":[{"index":0,"message":"bad"}]}""");
        });
        var events = Enumerable.Range(0, 400).Select(i => ReloadableClient.Large(2_300, $"e{i}")).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var report = await client.Client.SendAsync(events, TestContext.Current.CancellationToken);

        Assert.Equal(400, report.Rejected);
        AssertWithin(20_000_000, most - before);
    }

    [Theory]
    [InlineData(QueueFullMode.Wait, false)]
    [InlineData(QueueFullMode.DropNewest, true)]
    [InlineData(QueueFullMode.DropOldest, false)]
    [InlineData(QueueFullMode.DropOldest, true)]
    public async Task A_million_events_for_a_service_that_is_down_stay_within_the_bound(QueueFullMode whenFull, bool handlerHangs)
    {
        const long Bound = 16 * 1024 * 1024;
        var purchase = Some.Purchase("e");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var client = TestClient.Answering(
            _ => TestClient.Answer(503),
            options => (options.Queue.MaxBytes, options.Queue.WhenFull) = (Bound, whenFull),
            builder =>
            {
                if (handlerHangs)
                {
                    builder.UseDeadLetterHandler((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
                }
            });
        long most = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            client.Dispatcher.TryEnqueue(purchase);
            if (i % 100_000 == 99_999)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        AssertWithin(Bound + 20_000_000, most - before);
        Assert.InRange(client.Dispatcher.Counts.WaitingBytes, 1, Bound);
        await client.DisposeWhileTimePassesAsync();
    }

    // What earlier tests left is collected or used again meanwhile: a test may seem to take less than nothing.
    private static void AssertWithin(long bound, long taken) => Assert.True(taken <= bound, $"{taken} bytes");
}
