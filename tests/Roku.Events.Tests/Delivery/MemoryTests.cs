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
        Assert.InRange((most - before) / 1_000_000, 0, 20);
    }
}
