namespace Roku.Events.Concurrency;

// Probabilistic concurrency testing (Burckhardt and others, 2010): strands have random priorities, the highest always runs,
// and at a few random moments the one that runs becomes the lowest. Finds a bug of depth d with a known probability.
internal sealed class PriorityOrder : Strategy
{
    private const int MostSteps = 400;

    private readonly Random _random;
    private readonly HashSet<int> _changes = [];
    private int _step;
    private double _lowest;

    public PriorityOrder(int seed)
    {
        _random = new Random(seed);
        IsFine = _random.Next(2) == 0;
        Hurries = _random.Next(2) == 0;
        var horizon = 20 << _random.Next(6);
        for (var changes = 1 + _random.Next(4); changes > 0; changes--)
        {
            _changes.Add(_random.Next(Math.Min(horizon, MostSteps)));
        }
    }

    public override Strand Choose(Strand? current, List<Strand> choices)
    {
        foreach (var strand in choices)
        {
            if (double.IsNaN(strand.Priority))
            {
                strand.Priority = _random.NextDouble();
            }
        }

        if (_changes.Contains(_step++) && current is not null)
        {
            current.Priority = --_lowest;
        }

        return choices.MaxBy(strand => strand.Priority)!;
    }
}
