using Roku.Events.Benchmarks;
using Roku.Events.Benchmarks.Drain;
using Roku.Events.Benchmarks.Outbox;

namespace Roku.Events.Tests;

// Runs every benchmark body once, so that none rots. It measures nothing.
public sealed class BenchmarkTests
{
    [Fact]
    public async Task Every_contender_of_the_drain_delivers_its_load() => await DrainRunner.SmokeAsync();

    [Fact]
    public async Task Every_contender_of_the_outbox_stores_its_load() => Assert.Equal(0, await OutboxRunner.RunAsync(["--events", "640", "--rounds", "1", "--waiting", "1000,2000"]));

    [Fact]
    public async Task Every_enqueue_benchmark_delivers_what_it_enqueues()
    {
        var benchmark = new Enqueue();
        benchmark.Setup();
        benchmark.JsonAlone();
        benchmark.HashesAndJsonAlone();
        await benchmark.EnqueuePrebuilt();
        await benchmark.BuildAndEnqueue();
        await benchmark.ByHandToChannel();
        await benchmark.Cleanup();
    }

    [Fact]
    public void By_hand_and_ours_build_and_hash_alike()
    {
        var hash = new HashEmail();
        var build = new BuildPurchase();

        Assert.Equal(hash.ByHand(), hash.Ours().ToString());
        Assert.True(hash.OursAndFormat());
        Assert.NotNull(build.Ours());
        Assert.NotNull(build.ByHand());
    }
}
