using System.Globalization;

namespace Roku.Events.Concurrency;

// Runs schedules of one scenario: in turn one that deviates a little from the plain order, and random ones of two kinds.
internal sealed class Explorer(Scenario scenario)
{
    // The plain order, first in every process: what is made once, and the code that makes it, must not be interrupted.
    private const string Warm = "d";

    private readonly Scheduler _scheduler = new();
    private IEnumerator<Deviations>? _deviations;
    private int _seed;

    public Scenario Scenario => scenario;

    public int Schedules { get; private set; }

    public long Steps { get; private set; }

    // The bounds of deviation within which no schedule was left out.
    public List<string> Exhausted { get; } = [];

    public Failure? Failure { get; private set; }

    // Until one fails, there are enough, or time is up; may be called again to go on.
    public void Explore(int schedules, TimeSpan time)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var most = Schedules + schedules; Failure is null && Schedules < most && TimeProvider.System.GetElapsedTime(start) < time;)
        {
            _deviations ??= AllDeviations().GetEnumerator();
            if (_deviations.MoveNext())
            {
                Try(_deviations.Current.Name, _deviations.Current);
            }

            foreach (var kind in "rp")
            {
                var seed = string.Create(CultureInfo.InvariantCulture, $"{kind}{_seed}");
                Try(seed, Strategy(seed));
            }

            _seed++;
        }
    }

    public void Repeat(string seed)
    {
        Try(Warm, Strategy(Warm));
        Try(seed, Strategy(seed));
    }

    private static Strategy Strategy(string seed) => seed[0] switch
    {
        'r' => new RandomWalk(int.Parse(seed[1..], CultureInfo.InvariantCulture)),
        'p' => new PriorityOrder(int.Parse(seed[1..], CultureInfo.InvariantCulture)),
        'd' or 'f' => Deviations.Parse(seed),
        _ => throw new ArgumentException($"'{seed}' is no seed: r or p and a number, d or f and deviations."),
    };

    private void Try(string seed, Strategy strategy)
    {
        if (Failure is not null)
        {
            return;
        }

        _scheduler.Reset(strategy);
        var world = new World(_scheduler, scenario);
        _scheduler.Clock.HurryUntil = scenario.HurryUntil;
        scenario.Begin(world);
        var failure = _scheduler.Run(world.Observe) ?? world.Finish(scenario.Longest);
        Schedules++;
        Steps += _scheduler.Steps;
        if (failure is not null)
        {
            Failure = new Failure(seed, failure, _scheduler.Trace());
        }
    }

    private IEnumerable<Deviations> AllDeviations()
    {
        foreach (var (fine, bound) in new[] { (false, 1), (true, 1), (false, 2), (true, 2), (false, 3) })
        {
            foreach (var deviations in Within([], fine, bound))
            {
                yield return deviations;
            }

            Exhausted.Add(string.Create(CultureInfo.InvariantCulture, $"{(fine ? "fine" : "locks")}<={bound}"));
        }
    }

    private static IEnumerable<Deviations> Within((int Decision, int Choice)[] first, bool fine, int bound)
    {
        var one = new Deviations(first, fine);
        yield return one;
        if (first.Length == bound)
        {
            yield break;
        }

        for (var decision = first.Length == 0 ? 0 : first[^1].Decision + 1; decision < one.Decisions.Count; decision++)
        {
            for (var choice = 1; choice < one.Decisions[decision]; choice++)
            {
                foreach (var more in Within([.. first, (decision, choice)], fine, bound))
                {
                    yield return more;
                }
            }
        }
    }
}
