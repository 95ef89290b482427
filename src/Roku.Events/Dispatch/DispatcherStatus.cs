namespace Roku.Events;

// What a gauge or a health check asks about now.
internal readonly record struct DispatcherStatus(
    BreakerState Breaker,
    string? Obstacle,
    long Waiting,
    long WaitingBytes,
    long MaxBytes,
    TimeSpan OldestAge,
    bool IsClosed);

// Whether the service is believed to work; the numbers are those of the metric.
internal enum BreakerState
{
    Closed = 0,

    // One request at a time finds out whether it works again.
    HalfOpen = 1,

    // Nothing is sent until the next probe is due.
    Open = 2,

    // Nothing is sent until the options change: the key was refused.
    Held = 3,
}
