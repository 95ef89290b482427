namespace Roku.Events;

/// <summary>What becomes of an event for which the queue has no room.</summary>
public enum QueueFullMode
{
    /// <summary>EnqueueAsync waits for room without blocking a thread; TryEnqueue returns false.</summary>
    Wait,

    /// <summary>The new event is dropped, counted and logged.</summary>
    DropNewest,

    /// <summary>The oldest batch that is not being sent is dropped, counted and logged.</summary>
    DropOldest,
}
