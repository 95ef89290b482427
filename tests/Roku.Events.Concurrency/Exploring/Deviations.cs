using System.Globalization;

namespace Roku.Events.Concurrency;

// The plain order (whoever runs goes on, else the oldest), but for a few decisions that are named: delay-bounded
// scheduling (Emmi and others, 2011).
internal sealed class Deviations : Strategy
{
    private readonly (int Decision, int Choice)[] _deviations;
    private int _next;

    public Deviations((int Decision, int Choice)[] deviations, bool fine)
    {
        _deviations = deviations;
        IsFine = fine;
        Hurries = true;
    }

    // How many choices each decision had, in this run.
    public List<int> Decisions { get; } = [];

    public string Name => (IsFine ? "f" : "d") + string.Join('-', _deviations.Select(deviation => string.Create(CultureInfo.InvariantCulture, $"{deviation.Decision}.{deviation.Choice}")));

    public static Deviations Parse(string name) => new(
        [.. name[1..].Split('-', StringSplitOptions.RemoveEmptyEntries).Select(deviation => deviation.Split('.')).Select(parts => (Number(parts[0]), Number(parts[1])))],
        fine: name[0] == 'f');

    public override Strand Choose(Strand? current, List<Strand> choices)
    {
        var decision = Decisions.Count;
        Decisions.Add(choices.Count);
        if (_next < _deviations.Length && _deviations[_next].Decision == decision)
        {
            return choices[_deviations[_next++].Choice];
        }

        return choices[0];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
