namespace Roku.Events.Concurrency;

// Decides at every point which strand goes on.
internal abstract class Strategy
{
    // Whether strands can be interrupted at each access to shared state, not only where they take locks.
    public bool IsFine { get; protected init; }

    // Whether the clock may move while something else could go on.
    public bool Hurries { get; protected init; }

    // The first choice is the strand that runs, if it can go on.
    public abstract Strand Choose(Strand? current, List<Strand> choices);
}
