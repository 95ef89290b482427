using BenchmarkDotNet.Attributes;

namespace Roku.Events.Benchmarks;

[MemoryDiagnoser]
public class HashEmail
{
    private readonly byte[] _hex = new byte[IdentifierHash.HexLength];

    [Benchmark(Baseline = true)]
    public string ByHand() => Naive.HashText(TypicalPurchase.Email);

    [Benchmark]
    public IdentifierHash? Ours() => IdentifierHasher.Default.HashEmail(TypicalPurchase.Email);

    // As ByHand, to the hexadecimal form: in the buffer that it is sent from.
    [Benchmark]
    public bool OursAndFormat() => IdentifierHasher.Default.HashEmail(TypicalPurchase.Email)!.Value.TryFormat(_hex, out _);
}
