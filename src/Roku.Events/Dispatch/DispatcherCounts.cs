namespace Roku.Events;

/// <summary>
/// One consistent reading of a dispatcher: <see cref="Accepted"/> = <see cref="Delivered"/> + <see cref="Rejected"/> +
/// <see cref="Expired"/> + <see cref="Dropped"/> + <see cref="Waiting"/>, always.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public readonly struct DispatcherCounts
{
    /// <summary>Events taken since the start.</summary>
    public long Accepted { get; init; }

    /// <summary>Events that Roku accepted.</summary>
    public long Delivered { get; init; }

    /// <summary>Events that Roku refused; each is logged with its reason.</summary>
    public long Rejected { get; init; }

    /// <summary>Events given up because they were older than <see cref="DeliveryOptions.MaxEventAge"/>.</summary>
    public long Expired { get; init; }

    /// <summary>Events dropped from a full queue, where the options say so, or left when shutdown ran out of time.</summary>
    public long Dropped { get; init; }

    /// <summary>Events that wait or are being sent.</summary>
    public long Waiting { get; init; }

    /// <summary>Bytes of memory that hold the waiting events.</summary>
    public long WaitingBytes { get; init; }

    /// <summary>Batches of which at least one event was delivered or rejected.</summary>
    public long Batches { get; init; }

    /// <summary>All counts, as <c>name=value</c>.</summary>
    public override string ToString() =>
        $"accepted={Accepted} delivered={Delivered} rejected={Rejected} expired={Expired} dropped={Dropped} waiting={Waiting}";
}
