using Microsoft.Extensions.Logging;

namespace Roku.Events;

// Callers append to the outbox under one short lock; senders, started when a batch is ready and ended when none is, take
// batches from it. There is no loop that waits, so nothing can die unseen and an idle client costs nothing.
internal sealed class BatchDispatcher : IBatchDispatcher, IAsyncDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly RokuEventsClient _client;
    private readonly LiveSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly DeferredLog _log;
    private readonly object _lock = new();
    private readonly CancellationTokenSource _stopping = new();

    // Guarded by _lock: what waits.
    private readonly MemoryOutbox _outbox = new();
    private readonly ITimer _ageTimer;
    private bool _ageTimerArmed;
    private TaskCompletionSource? _roomMade;
    private bool _closed;
    private Task? _drain;
    private TaskCompletionSource? _drainIsHopeless;

    // Guarded by _lock: the senders.
    private readonly SendGate _gate;
    private readonly ITimer _retryTimer;

    // Guarded by _lock: the books.
    private long _accepted;
    private long _delivered;
    private long _rejected;
    private long _expired;
    private long _dropped;
    private long _batches;

    public BatchDispatcher(RokuEventsClient client, LiveSettings settings, TimeProvider timeProvider, ILogger logger)
    {
        _client = client;
        _settings = settings;
        _timeProvider = timeProvider;
        _logger = logger;
        _log = new DeferredLog(logger);
        _gate = new SendGate(settings, _log);

        // The timers must not carry the context of whoever happens to resolve the dispatcher first.
        using (ExecutionContext.SuppressFlow())
        {
            _ageTimer = timeProvider.CreateTimer(static state => ((BatchDispatcher)state!).OnAge(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _retryTimer = timeProvider.CreateTimer(static state => ((BatchDispatcher)state!).OnRetry(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        settings.Changed += OnSettingsChanged;
    }

    public DispatcherCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new DispatcherCounts
                {
                    Accepted = _accepted,
                    Delivered = _delivered,
                    Rejected = _rejected,
                    Expired = _expired,
                    Dropped = _dropped,
                    Waiting = _outbox.Count,
                    WaitingBytes = _outbox.HeldBytes,
                    Batches = _batches,
                };
            }
        }
    }

    public ValueTask EnqueueAsync(RokuEvent rokuEvent, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var json = Serialize(rokuEvent);
        return Accept(json) switch
        {
            Acceptance.Accepted => ValueTask.CompletedTask,
            Acceptance.Closed => throw Closed(),
            Acceptance.TooLarge => throw TooLarge(rokuEvent, json.Length),
            _ => new ValueTask(EnqueueWhenThereIsRoomAsync(rokuEvent, json.ToArray(), cancellationToken)),
        };
    }

    public bool TryEnqueue(RokuEvent rokuEvent)
    {
        var json = Serialize(rokuEvent);
        var acceptance = Accept(json);
        return acceptance == Acceptance.TooLarge ? throw TooLarge(rokuEvent, json.Length) : acceptance == Acceptance.Accepted;
    }

    public Task FlushAsync(CancellationToken cancellationToken = default)
    {
        Task settled;
        lock (_lock)
        {
            _outbox.MarkOpenDue();
            settled = WhenAllSettled();
            StartSender();
        }

        return settled.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => new(DrainAsync(CancellationToken.None));

    // Sends what is open without waiting for it: the head start that a host gives while its other services stop.
    public void BeginFlush()
    {
        lock (_lock)
        {
            _outbox.MarkOpenDue();
            StartSender();
        }
    }

    // Closes, delivers what waits within the drain time-out or until the token is cancelled, and drops the rest.
    public Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _drain ??= DrainCoreAsync(cancellationToken);
        }
    }

    private async Task DrainCoreAsync(CancellationToken cancellationToken)
    {
        // Not under the lock of the caller.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Task settled;
        lock (_lock)
        {
            _closed = true;
            _outbox.MarkOpenDue();
            settled = WhenAllSettled();

            _drainIsHopeless = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _gate.OpenForTheLastTime();
            StartSender();
            WakeWaiting();
        }

        using (var deadline = new CancellationTokenSource(_settings.Options.Delivery.DrainTimeout, _timeProvider))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken))
        {
            Task ended = Task.WhenAny(settled, _drainIsHopeless.Task);
            await ended.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await StopSendersAsync().ConfigureAwait(false);
        DispatcherCounts counts;
        lock (_lock)
        {
            DropWhatIsLeft();
            counts = Counts;
        }

        _log.Write();

        _settings.Changed -= OnSettingsChanged;
        await _ageTimer.DisposeAsync().ConfigureAwait(false);
        await _retryTimer.DisposeAsync().ConfigureAwait(false);
        _logger.ShutDown(_settings.Name, counts.Accepted, counts.Delivered, counts.Rejected, counts.Expired, counts.Dropped);
    }

    // What the senders did until now belongs on the books. One that ignores its cancellation is not waited for.
    private async Task StopSendersAsync()
    {
        Task stopped;
        lock (_lock)
        {
            stopped = _gate.Stop();
        }

        // A callback of a host's handler may throw or hang here.
        await _stopping.CancelAsync().WaitAsync(StopGrace, _timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stopped.WaitAsync(StopGrace, _timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private ReadOnlySpan<byte> Serialize(RokuEvent rokuEvent)
    {
        ArgumentNullException.ThrowIfNull(rokuEvent);
        if (_client.Objection(rokuEvent) is { } objection)
        {
            throw new RokuEventValidationException(rokuEvent.Id, [objection]);
        }

        return EventSerializer.Serialize(rokuEvent);
    }

    private Acceptance Accept(ReadOnlySpan<byte> json)
    {
        // Age is stamped and the timer armed here, on the caller's thread, so that a fake clock is enough to test it.
        var settings = _settings.Current;
        if (!EventBatch.FitsAlone(json, settings))
        {
            return Acceptance.TooLarge;
        }

        var now = _timeProvider.GetTimestamp();
        var dropped = false;
        lock (_lock)
        {
            if (_closed)
            {
                return Acceptance.Closed;
            }

            if (!_outbox.TryAppend(json, now, settings))
            {
                if (settings.Options.Queue.WhenFull == QueueFullMode.Wait)
                {
                    StartSender();
                    return Acceptance.Full;
                }

                DropForRoom(json, now, settings);
                dropped = true;
            }

            _accepted++;
            if (!_ageTimerArmed)
            {
                ArmAgeTimer();
            }

            if (_outbox.HasBatchToSend)
            {
                StartSender();
            }
        }

        if (dropped)
        {
            _log.Write();
        }

        return Acceptance.Accepted;
    }

    private async Task EnqueueWhenThereIsRoomAsync(RokuEvent rokuEvent, byte[] json, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task roomMade;
            lock (_lock)
            {
                switch (Accept(json))
                {
                    case Acceptance.Accepted:
                        return;
                    case Acceptance.Closed:
                        throw Closed();
                    case Acceptance.TooLarge:
                        throw TooLarge(rokuEvent, json.Length);
                    default:
                        // A part-filled batch would wait for its age while callers wait for its memory.
                        _outbox.MarkOpenDue();
                        StartSender();
                        roomMade = (_roomMade ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                        break;
                }
            }

            await roomMade.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void DropForRoom(ReadOnlySpan<byte> json, long now, ClientSettings settings)
    {
        var mode = settings.Options.Queue.WhenFull;
        var dropped = 0;
        var appended = false;
        while (mode == QueueFullMode.DropOldest && !appended && _outbox.RemoveOldestBatch() is { } removed)
        {
            dropped += removed;
            appended = _outbox.TryAppend(json, now, settings);
        }

        dropped += appended ? 0 : 1;
        var before = _dropped;
        _dropped += dropped;

        // At 1, 2, 4, 8 … thousand, not a line for each event.
        if (before == 0 || (ulong)_dropped / 1024 >= System.Numerics.BitOperations.RoundUpToPowerOf2(((ulong)before / 1024) + 1))
        {
            var total = _dropped;
            _log.Add(logger => logger.EventsDroppedWhenFull(_settings.Name, dropped, mode, total));
        }
    }

    private Task WhenAllSettled() =>
        Task.WhenAll(_outbox.All().Select(static batch => (batch.Settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task));

    // Under the lock. A sender starts the next while there is work.
    private void StartSender()
    {
        if (_outbox.HasBatchToSend && _gate.TryAddSender())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static dispatcher => _ = dispatcher.SendAsync(), this, preferLocal: false);
        }
    }

    private async Task SendAsync()
    {
        while (TakeBatch(out var probing) is { } batch)
        {
            try
            {
                var delivery = await _client.DeliverAsync(batch, _settings.Current.SendUri, probing, _stopping.Token).ConfigureAwait(false);
                Settle(batch, delivery);
            }
            catch (Exception exception)
            {
                _logger.DeliveryFailedUnexpectedly(_settings.Name, exception);
                var kept = new BatchDelivery(batch);
                kept.Stop(RokuAnswer.NoAnswer(exception));
                kept.Keep(batch);
                Settle(batch, kept);
            }
        }
    }

    private EventBatch? TakeBatch(out bool probing)
    {
        lock (_lock)
        {
            var batch = _gate.MaySend(out probing) ? _outbox.Take() : null;
            if (batch is null)
            {
                _gate.RemoveSender();
            }
            else
            {
                StartSender();
            }

            return batch;
        }
    }

    private void Settle(EventBatch batch, BatchDelivery delivery)
    {
        var (count, bytes) = (batch.Count, batch.Bytes);
        lock (_lock)
        {
            // The drain has given it up, and counted it as dropped.
            if (!_outbox.Holds(batch))
            {
                return;
            }

            _outbox.Complete(batch, delivery.Remainder);
            _delivered += delivery.Delivered;
            _rejected += delivery.Rejections.Count;
            _batches += delivery.Delivered + delivery.Rejections.Count > 0 ? 1 : 0;
            if (delivery.Obstacle is null)
            {
                _gate.Succeed(_outbox.Count);
            }
            else if (!_stopping.IsCancellationRequested && _gate.Fail(delivery.Obstacle, _outbox.Count) is { } delay)
            {
                _retryTimer.Change(delay, Timeout.InfiniteTimeSpan);
            }

            if (_gate.KeyIsRefused)
            {
                _drainIsHopeless?.TrySetResult();
            }

            WakeWaiting();
        }

        _log.Write();
        batch.Release();
        foreach (var rejection in delivery.Rejections)
        {
            _logger.EventRejected(_settings.Name, rejection.EventId, rejection.Reason);
        }

        _logger.BatchSettled(_settings.Name, count, bytes, delivery.Delivered, delivery.Rejections.Count);

        // Last, so that who waited for a flush finds the log complete.
        if (delivery.Remainder is null)
        {
            batch.Settled?.TrySetResult();
        }
    }

    private void OnRetry()
    {
        lock (_lock)
        {
            Expire();
            if (_gate.Reopen() is { } delay)
            {
                _retryTimer.Change(delay, Timeout.InfiniteTimeSpan);
            }

            StartSender();
        }

        _log.Write();
    }

    private void Expire()
    {
        var maxAge = _settings.Options.Delivery.MaxEventAge;
        var expired = _outbox.RemoveEnqueuedBefore(_timeProvider.GetTimestamp() - (long)(maxAge.TotalSeconds * _timeProvider.TimestampFrequency));
        if (expired > 0)
        {
            _expired += expired;
            _log.Add(logger => logger.EventsExpired(_settings.Name, expired, maxAge));
            WakeWaiting();
        }
    }

    private void OnAge()
    {
        lock (_lock)
        {
            _ageTimerArmed = false;
            if (_outbox.OpenSince is { } since && _timeProvider.GetElapsedTime(since) >= _settings.Options.Batch.MaxAge)
            {
                _outbox.MarkOpenDue();
                StartSender();
            }
            else
            {
                ArmAgeTimer();
            }
        }
    }

    // One timer for all batches: it wakes for the oldest open event it knew of, and again for the one that is oldest then.
    private void ArmAgeTimer()
    {
        if (_outbox.OpenSince is { } since)
        {
            var left = _settings.Options.Batch.MaxAge - _timeProvider.GetElapsedTime(since);
            _ageTimerArmed = true;
            _ageTimer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnSettingsChanged()
    {
        lock (_lock)
        {
            // Limits may have changed both ways: the age of the next batch, the room for those that wait.
            _gate.FollowSettings();
            _outbox.MarkOpenDue();
            _ageTimerArmed = false;
            Expire();
            StartSender();
            WakeWaiting();
        }

        _log.Write();
    }

    private void WakeWaiting()
    {
        _roomMade?.TrySetResult();
        _roomMade = null;
    }

    private void DropWhatIsLeft()
    {
        var left = _outbox.Count;
        _dropped += left;
        if (left > 0)
        {
            _log.Add(logger => logger.EventsDroppedAtShutdown(_settings.Name, left));
        }

        foreach (var batch in _outbox.Clear())
        {
            batch.Settled?.TrySetResult();
        }
    }

    private RokuEventValidationException TooLarge(RokuEvent rokuEvent, int bytes) =>
        new(rokuEvent.Id, [RokuEventsClient.TooLarge(bytes, _settings.Current)]);

    private ObjectDisposedException Closed() => new(
        nameof(IBatchDispatcher),
        $"The dispatcher of Roku events client '{_settings.Name}' is shutting down and takes no more events; this one was not accepted.");

    private enum Acceptance
    {
        Accepted,
        Full,
        TooLarge,
        Closed,
    }
}
