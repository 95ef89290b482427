using Roku.Events.Tool.Input;
using Roku.Events.Tool.Mapping;
using Roku.Events.Tool.Sending;

namespace Roku.Events.Tool.Commands;

// What the arguments of send, validate and retry come to.
internal sealed class SendSettings
{
    public required IReadOnlyList<string> Files { get; init; }

    // For each file anew: what it guesses is the file's own.
    public required Func<MappingSettings> Mapping { get; init; }

    public required Destination Destination { get; init; }

    public SendMode Mode { get; init; }

    public InputFormat? Format { get; init; }

    public char? Delimiter { get; init; }

    public string? PhoneRegion { get; init; }

    public int? Rate { get; init; }

    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(15);

    public bool Yes { get; init; }

    public bool Restart { get; init; }

    public InDoubtChoice InDoubt { get; init; }

    public string? RejectedPath { get; init; }

    // The lines are dead letters, each with its event inside.
    public bool IsDeadLetters { get; init; }
}

internal enum SendMode
{
    Send,

    // Roku checks and ingests nothing.
    ValidateOnly,

    // Nothing leaves this machine.
    DryRun,
}
