namespace Roku.Events;

/// <summary>Collects events into batches and delivers them in the background.</summary>
/// <remarks>
/// <para>
/// A batch is sent when it holds 1,000 events, reaches 1,000,000 bytes, or its oldest event has waited 10 minutes (all
/// three are options), on <see cref="FlushAsync"/>, when the options change, and at shutdown.
/// </para>
/// <para>
/// Every accepted event ends in exactly one of the outcomes of <see cref="DispatcherCounts"/>; <see cref="Counts"/> adds up
/// at all times. It works without a host: sending starts with the first batch. In a generic host it drains at shutdown,
/// after all other services have stopped; elsewhere <c>await using</c> the service provider does the same.
/// </para>
/// <para>Thread-safe. No method blocks a thread.</para>
/// </remarks>
public interface IBatchDispatcher
{
    /// <summary>What became of all events so far: one consistent reading.</summary>
    DispatcherCounts Counts { get; }

    /// <summary>Takes one event. Microseconds: the event is serialized here, and sent later.</summary>
    /// <param name="rokuEvent">The event; may be used again.</param>
    /// <param name="cancellationToken">Ends the waiting for room in a full queue; the event is then not accepted.</param>
    /// <returns>Complete at once unless the queue is full and <see cref="QueueOptions.WhenFull"/> is <see cref="QueueFullMode.Wait"/>.</returns>
    /// <exception cref="RokuEventValidationException">The event is too large for any request, or was hashed by other rules than this client's.</exception>
    /// <exception cref="ObjectDisposedException">The dispatcher has begun to shut down; the event is not accepted.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the event is not accepted.</exception>
    ValueTask EnqueueAsync(RokuEvent rokuEvent, CancellationToken cancellationToken = default);

    /// <summary>Takes one event if there is room now.</summary>
    /// <returns>
    /// False when the queue is full (and waits when full) or the dispatcher has begun to shut down: the event is then not
    /// accepted. A queue that drops when full accepts every event, and counts what it drops.
    /// </returns>
    /// <exception cref="RokuEventValidationException">As <see cref="EnqueueAsync"/>.</exception>
    bool TryEnqueue(RokuEvent rokuEvent);

    /// <summary>Sends everything enqueued before, and returns when each of those events has its outcome.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the sending. Give one: during an outage the outcome may be hours away.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task FlushAsync(CancellationToken cancellationToken = default);
}
