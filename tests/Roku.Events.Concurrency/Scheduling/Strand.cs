namespace Roku.Events.Concurrency;

// One run of code that is never in two places at once: an actor, a work item of the pool, a timer's callback.
internal sealed class Strand(int id, string name, Action run)
{
    public int Id { get; } = id;

    public string Name { get; } = name;

    public Action Run { get; } = run;

    // Set while it stands in the middle of its code.
    public Carrier? Carrier { get; set; }

    // The object whose lock it needs to go on.
    public object? Wanted { get; set; }

    // For strategies.
    public double Priority { get; set; } = double.NaN;

    // A condition that an actor waits for.
    public Func<bool>? Condition { get; init; }

    public bool IsTimer { get; init; }

    public override string ToString() => $"{Id} {Name}";
}
