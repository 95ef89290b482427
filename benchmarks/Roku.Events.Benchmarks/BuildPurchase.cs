using BenchmarkDotNet.Attributes;

namespace Roku.Events.Benchmarks;

[MemoryDiagnoser]
public class BuildPurchase
{
    [Benchmark(Baseline = true)]
    public object ByHand() => TypicalPurchase.BuildByHand();

    [Benchmark]
    public RokuEvent Ours() => TypicalPurchase.Build();
}
