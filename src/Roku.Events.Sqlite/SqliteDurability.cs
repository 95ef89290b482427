namespace Roku.Events;

/// <summary>What an event in a SQLite outbox survives, against what it costs.</summary>
public enum SqliteDurability
{
    /// <summary>A crash or kill of the process, of the operating system, and a loss of power: the disk has confirmed it (<c>synchronous=FULL</c>). Callers that enqueue at the same time share one confirmation.</summary>
    PowerLoss,

    /// <summary>A crash or kill of the process; a crash of the operating system or a loss of power may take the last moments (<c>synchronous=NORMAL</c>). Faster where the disk is slow.</summary>
    ProcessCrash,
}
