using System.Diagnostics.CodeAnalysis;

namespace Roku.Events.Concurrency;

// Runs strands one at a time and, at every point where a thread could be interrupted, lets a strategy say which goes on.
// Nothing else decides, so the same decisions give the same run.
internal sealed class Scheduler
{
    private const int MostSteps = 50_000;
    private const int TraceLines = 120;
    private static readonly TimeSpan LongestSchedule = TimeSpan.FromSeconds(10);

    private readonly List<Strand> _ready = [];
    private readonly List<Strand> _choices = [];
    private readonly Stack<Carrier> _idle = new();
    private readonly List<(Strand Strand, int Site)> _trace = [];
    private readonly SemaphoreSlim _ended = new(0);
    private Strategy _strategy = null!;
    private Action? _observe;
    private int _strands;
    private int _actors;
    private volatile string? _failure;

    public Scheduler()
    {
        Locks = new Locks(this);
        Clock = new VirtualTime(this);
    }

    public Locks Locks { get; private set; }

    public VirtualTime Clock { get; private set; }

    public Random Random { get; private set; } = new(0);

    public Strand? Current { get; private set; }

    public bool IsObserving { get; private set; }

    public int Steps { get; private set; }

    // Makes it ready for the next schedule. The threads stay.
    public void Reset(Strategy strategy)
    {
        (_strategy, _observe, _strands, _actors, Steps, Current) = (strategy, null, 0, 0, 0, null);
        _ready.Clear();
        _trace.Clear();
        Locks = new Locks(this);
        Clock = new VirtualTime(this);
        Random = new Random(1);
    }

    public void AddActor(string name, Func<Task> act)
    {
        _actors++;
        Add(name, () => _ = ActAsync());

        async Task ActAsync()
        {
            try
            {
                await act();
                _actors--;
            }
            catch (Exception exception)
            {
                Fail($"{name}: {exception}");
            }
        }
    }

    public void Add(string name, Action run) => _ready.Add(new Strand(++_strands, name, run));

    // Completes at some moment at which the condition holds. Of all that is in its way only the clock gives way to it.
    public Task Until(string name, Func<bool> condition)
    {
        var holds = new TaskCompletionSource();
        _ready.Add(new Strand(++_strands, "until " + name, holds.SetResult) { Condition = condition });
        return holds.Task;
    }

    // Runs the actors, and all that they cause, to the end; returns what went wrong.
    public string? Run(Action observe)
    {
        _observe = observe;
        var first = Choose(null)!;
        GoTo(first);
        if (!_ended.Wait(LongestSchedule))
        {
            _failure ??= $"stuck: strand {Current} spins, or blocks its thread outside of the scheduler";
        }

        return _failure;
    }

    public void Point(int site)
    {
        if (IsObserving || (Sites.IsFine(site) && !_strategy.IsFine))
        {
            return;
        }

        var strand = Current!;
        _trace.Add((strand, site));
        var next = Choose(strand)!;
        if (next != strand)
        {
            _ready.Add(strand);
            GoTo(next);
            strand.Carrier!.AwaitTurn();
        }
    }

    // The strand cannot go on where it stands.
    public void StandAside()
    {
        var strand = Current!;
        _ready.Add(strand);
        GoTo(Choose(null)!);
        strand.Carrier!.AwaitTurn();
    }

    // Returns what the same thread is to run next.
    public Strand? RunToEnd(Strand strand, Carrier carrier)
    {
        strand.Carrier = carrier;
        Current = strand;
        _trace.Add((strand, Sites.Begins));
        try
        {
            strand.Run();
        }
        catch (Exception exception)
        {
            Fail($"an exception left strand {strand}; it would end the process: {exception}");
        }

        if (Locks.AreHeldBy(strand))
        {
            Fail($"strand {strand} ended with a lock held");
        }

        var next = Choose(null);
        if (next is { Carrier: null })
        {
            return next;
        }

        _idle.Push(carrier);
        if (next is null)
        {
            Current = null;
            _ended.Release();
        }
        else
        {
            GoTo(next);
        }

        return null;
    }

    // Ends the schedule. The thread stays where it is, for good.
    [DoesNotReturn]
    public void Fail(string failure)
    {
        _failure ??= failure;
        _ended.Release();
        Thread.Sleep(Timeout.Infinite);
        throw new InvalidOperationException();
    }

    public string Trace()
    {
        var lines = _trace.TakeLast(TraceLines).Select(step => $"    {step.Strand}: {Sites.Name(step.Site)}");
        return $"    {Math.Max(0, _trace.Count - TraceLines)} steps before these\n{string.Join('\n', lines)}";
    }

    private void GoTo(Strand next)
    {
        Current = next;
        if (next.Carrier is { } carrier)
        {
            carrier.Hand();
        }
        else
        {
            (_idle.TryPop(out var idle) ? idle : new Carrier(this)).Hand(next);
        }
    }

    // Null when all is done. The strand chosen is no longer among the ready.
    private Strand? Choose(Strand? current)
    {
        if (++Steps > MostSteps)
        {
            Fail("it does not end");
        }

        while (PoolQueue.Take() is { } item)
        {
            Add(PoolQueue.Name(item), () => PoolQueue.Execute(item));
        }

        Gather(current);
        if (_choices.Count == 0)
        {
            if (_actors == 0 && _ready.Count == 0)
            {
                return null;
            }

            if (Clock.Next is not { } timer)
            {
                Fail($"nothing can go on and no timer is armed; waiting: {(_ready.Count == 0 ? "actors" : string.Join(", ", _ready))}");
                return null;
            }

            return timer;
        }

        var chosen = _choices.Count == 1 ? _choices[0] : _strategy.Choose(current, _choices);
        if (chosen.IsTimer)
        {
            Clock.IsHurried = true;
        }
        else if (chosen != current)
        {
            _ready.Remove(chosen);
        }

        return chosen;
    }

    private void Gather(Strand? current)
    {
        _choices.Clear();
        if (current is not null)
        {
            _choices.Add(current);
        }

        IsObserving = true;
        var quiet = Locks.NoneHeld;
        if (quiet)
        {
            _observe?.Invoke();
        }

        foreach (var strand in _ready)
        {
            if ((strand.Wanted is null || Locks.IsFreeFor(strand, strand.Wanted)) && (strand.Condition is null || strand.Carrier is not null || (quiet && strand.Condition())))
            {
                _choices.Add(strand);
            }
        }

        IsObserving = false;
        if (_choices.Count > 0 && _strategy.Hurries && Clock.Next is { } timer && Clock.MayHurry)
        {
            _choices.Add(timer);
        }
    }
}
