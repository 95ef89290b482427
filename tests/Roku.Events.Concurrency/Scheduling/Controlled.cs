namespace Roku.Events.Concurrency;

/// <summary>What the instrumented code calls in place of the runtime, and before each access to shared state.</summary>
public static class Controlled
{
    /// <summary>In place of Random.Shared, so that a schedule is repeatable.</summary>
    public static Random Random => Carrier.Current?.Scheduler.Random ?? Random.Shared;

    /// <summary>Here another strand may go on.</summary>
    public static void Point(int site) => Carrier.Current?.Scheduler.Point(site);

    /// <summary>In place of Monitor.Enter.</summary>
    public static void Enter(object lockObject, ref bool taken)
    {
        Carrier.Current?.Scheduler.Locks.Enter(lockObject);
        taken = true;
    }

    /// <summary>In place of Monitor.Exit.</summary>
    public static void Exit(object lockObject) => Carrier.Current?.Scheduler.Locks.Exit(lockObject);
}
