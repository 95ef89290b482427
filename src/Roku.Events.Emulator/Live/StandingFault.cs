using System.Net;

namespace Roku.Events.Emulator;

// What the page can switch on for every request until it is switched off.
internal sealed class StandingFault
{
    public static readonly StandingFault None = new("none");

    private static readonly StandingFault[] All =
    [
        None,
        new("slow") { Fault = EmulatorFault.Delay(TimeSpan.FromSeconds(2)) },
        new("429") { Fault = EmulatorFault.Status(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(5)) },
        new("500") { Fault = EmulatorFault.Status(HttpStatusCode.InternalServerError) },
        new("210") { RefusesEvery = 10 },
        new("down") { Fault = EmulatorFault.Reset(accepted: false) },
    ];

    private int _events;

    private StandingFault(string name) => Name = name;

    public string Name { get; }

    public EmulatorFault? Fault { get; private init; }

    // Which events it refuses, by their order of arrival; 0 for none of them.
    public int RefusesEvery { get; private init; }

    // A copy, because it counts events.
    public static StandingFault? Named(string? name) =>
        Array.Find(All, fault => fault.Name == name) is { } found ? (StandingFault)found.MemberwiseClone() : null;

    public bool RefusesNextEvent() => RefusesEvery > 0 && (uint)Interlocked.Increment(ref _events) % RefusesEvery == 0;
}
