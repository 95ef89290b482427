namespace Roku.Events;

/// <summary>How much the dispatcher holds in memory, and what it does when that is full.</summary>
public sealed class QueueOptions
{
    /// <summary>Bytes of buffers that may hold waiting events, those being sent included.</summary>
    /// <value>67,108,864 (64 MiB), some 100,000 typical events. At least 4,194,304 (4 MiB).</value>
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>What <see cref="IBatchDispatcher.EnqueueAsync"/> does with an event for which there is no room.</summary>
    /// <value><see cref="QueueFullMode.Wait"/>.</value>
    public QueueFullMode WhenFull { get; set; }
}
