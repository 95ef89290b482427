namespace Roku.Events;

/// <summary>Settings of an outbox in a SQLite file.</summary>
public sealed class SqliteOutboxOptions
{
    /// <summary>Bytes of events (their JSON and 64 bytes for each) that may wait in the file; the file itself is some 10 % larger.</summary>
    /// <value>1,073,741,824 (1 GiB), some million typical events. At least 1,000,000. What happens then is <see cref="QueueOptions.WhenFull"/>.</value>
    public long MaxBytes { get; set; } = 1024 * 1024 * 1024;

    /// <summary>What an event that EnqueueAsync took survives.</summary>
    /// <value><see cref="SqliteDurability.PowerLoss"/>.</value>
    public SqliteDurability Durability { get; set; }

    /// <summary>How long the events of a process that died stay with it before another takes them, or the same one after its restart.</summary>
    /// <value>30 seconds; from 3 seconds to an hour. A living process renews its claim every second.</value>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for another process that writes the file.</summary>
    /// <value>10 seconds; from 1 second to 5 minutes, and less than <see cref="LeaseTime"/>. Then EnqueueAsync throws <see cref="IOException"/>.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
