namespace Roku.Events;

// Whether batches may be sent now, and by how many senders. Pure logic: the dispatcher's lock guards it, its timer wakes it.
internal sealed class SendGate(LiveSettings settings, Notices notices)
{
    private readonly RetrySchedule _retries = new();
    private int _senders;
    private bool _paused;
    private string? _refusedKey;
    private TaskCompletionSource? _stopped;

    public bool KeyIsRefused => _refusedKey is not null;

    public BreakerState State =>
        KeyIsRefused ? BreakerState.Held
        : _paused ? BreakerState.Open
        : IsProbing ? BreakerState.HalfOpen
        : BreakerState.Closed;

    // Why the last attempt failed; null once one succeeds.
    public string? Obstacle { get; private set; }

    private bool IsOpen => !_paused && _refusedKey is null && _stopped is null;

    // During an outage one sender at a time tries.
    private bool IsProbing => _retries.Failures > 0;

    private DeliveryOptions Options => settings.Options.Delivery;

    public bool TryAddSender()
    {
        if (!IsOpen || _senders >= (IsProbing ? 1 : Options.MaxConcurrentRequests))
        {
            return false;
        }

        _senders++;
        return true;
    }

    // Asked by a sender before each batch.
    public bool MaySend(out bool probing)
    {
        probing = IsProbing;
        return IsOpen && !(probing && _senders > 1);
    }

    public void RemoveSender()
    {
        if (--_senders == 0)
        {
            _stopped?.TrySetResult();
        }
    }

    public void Succeed(long waiting)
    {
        Obstacle = null;
        if (IsProbing)
        {
            var failures = _retries.Failures;
            notices.Add(logger => logger.DeliveryResumed(settings.Name, failures, waiting));
            _retries.Succeed();
        }
    }

    // Returns when to look again; null when that is settled already, or at once.
    public TimeSpan? Fail(RokuAnswer obstacle, long waiting)
    {
        Obstacle = obstacle.Reason;
        if (obstacle.Kind == AnswerKind.Unauthorized)
        {
            return Refuse(obstacle, waiting);
        }

        // Requests that were in flight together fail together: one failure, one wait.
        if (_paused)
        {
            return null;
        }

        var delay = _retries.Fail(Options.MaxRetryDelay, obstacle.RetryAfter);
        _paused = true;
        notices.Add(logger => logger.DeliveryPaused(settings.Name, obstacle.Reason, waiting, delay));
        return delay;
    }

    // The wait is over. Returns when to look again: while the key is refused nothing is sent, but events grow too old.
    public TimeSpan? Reopen()
    {
        _paused = false;
        return KeyIsRefused ? Options.MaxRetryDelay : null;
    }

    // A 403 may speak of the key or of the event group: any change of the options is worth one attempt.
    public void FollowSettings()
    {
        if (_refusedKey is not null)
        {
            _refusedKey = null;
            _paused = false;
        }
    }

    // Whatever made sending wait may be over, and there may be no later.
    public void OpenForTheLastTime()
    {
        _paused = false;
        _refusedKey = null;
        _retries.Succeed();
    }

    // Completes when no sender is left.
    public Task Stop()
    {
        _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_senders == 0)
        {
            _stopped.SetResult();
        }

        return _stopped.Task;
    }

    private TimeSpan? Refuse(RokuAnswer obstacle, long waiting)
    {
        // The key changed while the request was on its way.
        if (obstacle.RefusedKey != settings.Options.ApiKey)
        {
            return null;
        }

        if (_refusedKey is null)
        {
            _refusedKey = obstacle.RefusedKey;
            notices.Add(logger => logger.KeyRefused(settings.Name, obstacle.Reason, waiting));
        }

        return Options.MaxRetryDelay;
    }
}
