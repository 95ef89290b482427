namespace Roku.Events.Concurrency;

// Any choice at any time, with runs as short or as long as the seed says.
internal sealed class RandomWalk : Strategy
{
    private readonly Random _random;
    private readonly double _interruption;

    public RandomWalk(int seed)
    {
        _random = new Random(seed);
        _interruption = _random.Next(3) switch { 0 => 0.5, 1 => 0.15, _ => 0.04 };
        IsFine = _random.Next(2) == 0;
        Hurries = _random.Next(2) == 0;
    }

    public override Strand Choose(Strand? current, List<Strand> choices) =>
        current is not null && _random.NextDouble() >= _interruption ? current : choices[_random.Next(choices.Count)];
}
