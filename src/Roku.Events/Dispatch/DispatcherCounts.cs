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

    /// <summary>Events that Roku refused.</summary>
    public long Rejected { get; init; }

    /// <summary>Events given up because they were older than <see cref="DeliveryOptions.MaxEventAge"/>, or late and not to be sent (<see cref="DeliveryOptions.WhenLate"/>).</summary>
    public long Expired { get; init; }

    /// <summary>Events dropped from a full queue, where the options say so, or left when shutdown ran out of time.</summary>
    public long Dropped { get; init; }

    /// <summary>Those of the rejected, expired and dropped events that the dead-letter handler has taken.</summary>
    public long HandedOver { get; init; }

    /// <summary>Events that a hook, or limited data use, kept from being accepted; not among <see cref="Accepted"/>.</summary>
    public long Vetoed { get; init; }

    /// <summary>Events that wait or are being sent.</summary>
    public long Waiting { get; init; }

    /// <summary>Bytes of memory that hold the waiting events.</summary>
    public long WaitingBytes { get; init; }

    /// <summary>Batches of which at least one event was delivered or rejected.</summary>
    public long Batches { get; init; }

    /// <summary>All counts, as <c>name=value</c>.</summary>
    public override string ToString() =>
        $"accepted={Accepted} delivered={Delivered} rejected={Rejected} expired={Expired} dropped={Dropped} waiting={Waiting} handed_over={HandedOver} vetoed={Vetoed}";
}
