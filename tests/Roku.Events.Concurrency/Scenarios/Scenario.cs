namespace Roku.Events.Concurrency;

// What happens at the same time, on one client.
internal sealed record Scenario(string Name, Action<RokuEventsOptions> Configure, Action<World> Begin)
{
    // Whether the host takes events that were given up.
    public bool HandsOver { get; init; }

    // How long it may take by the virtual clock, as long as nobody hurries it.
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(1);

    // How far the clock may be hurried.
    public TimeSpan HurryUntil { get; init; } = TimeSpan.FromSeconds(1);
}
