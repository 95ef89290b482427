namespace Roku.Events;

// Where events wait outside the process. Several processes may share one. What it cannot do now is an IOException.
// Thread-safe.
internal interface IDurableOutbox : IAsyncDisposable
{
    // Bytes that may wait there.
    long MaxBytes { get; }

    // True once the event is durable; false when there is no room for it.
    Task<bool> AppendAsync(ReadOnlyMemory<byte> json, DateTimeOffset enqueuedAt, CancellationToken cancellationToken);

    Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken);

    // Leases events, the oldest first, that nobody else has: at most so many, and so many bytes of JSON with a byte between
    // each two, but at least one. Null when there are none,
    // and none were set aside.
    Task<OutboxLease?> TakeAsync(int maxEvents, int maxBytes, CancellationToken cancellationToken);

    // A lease that is not renewed ends by itself, and its events are taken again: its holder has died.
    Task RenewAsync(OutboxLease lease, CancellationToken cancellationToken);

    // Ends a lease: the events kept wait again, the others are gone for good.
    Task CompleteAsync(OutboxLease lease, KeptEvents kept, CancellationToken cancellationToken);
}

// One reading. Free: not leased. Positions grow in the order of appending.
internal readonly record struct OutboxStatus(
    long Events,
    long Bytes,
    long FreeEvents,
    long FreeBytes,
    DateTimeOffset? OldestFree,
    UInt128? First,
    UInt128 Last);

internal abstract class OutboxLease(UInt128 first, IReadOnlyList<StoredEvent> events, int setAside = 0)
{
    // The position of the first of them.
    public UInt128 First => first;

    public IReadOnlyList<StoredEvent> Events => events;

    // Events that too many processes died with: they are kept elsewhere, and no longer wait.
    public int SetAside => setAside;
}

internal readonly record struct StoredEvent(ReadOnlyMemory<byte> Json, DateTimeOffset EnqueuedAt, int Attempts = 0, DateTimeOffset? InDoubtSince = null);

// Places in the lease of the events that wait again: those that were tried, with their history, and those that were not.
internal sealed record KeptEvents(IReadOnlyList<int> Positions, int Attempts, DateTimeOffset? InDoubtSince, IReadOnlyList<int> Untouched)
{
    public static KeptEvents None { get; } = new([], 0, null, []);
}
