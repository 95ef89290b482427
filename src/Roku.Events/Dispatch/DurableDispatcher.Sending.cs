namespace Roku.Events;

// How batches are sent.
internal sealed partial class DurableDispatcher
{
    private static readonly TimeSpan OutboxRetryDelay = TimeSpan.FromSeconds(1);

    private readonly ITimer _pollTimer;
    private readonly ITimer _retryTimer;
    private readonly SemaphoreSlim _leasing = new(1);

    // Guarded by _lock.
    private readonly SendGate _gate;
    private readonly List<OutboxLease> _leases = [];
    private long _signals;
    private bool _polling;

    // Of the poll alone.
    private Task _expiring = Task.CompletedTask;

    // Under the lock: something happened that may have made a batch ready.
    private void Signal()
    {
        _signals++;
        StartSender();
    }

    private void StartSender()
    {
        if (Mode != DispatchMode.EnqueueOnly && _gate.TryAddSender())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static dispatcher => _ = dispatcher.SendAsync(), this, preferLocal: false);
        }
    }

    private async Task SendAsync()
    {
        while (true)
        {
            long seen;
            bool probing;
            lock (_lock)
            {
                if (!_gate.MaySend(out probing))
                {
                    _gate.RemoveSender();
                    break;
                }

                seen = _signals;
            }

            try
            {
                if (await LeaseDueAsync().ConfigureAwait(false) is { } leased)
                {
                    lock (_lock)
                    {
                        StartSender();
                    }

                    await SendAsync(leased, probing).ConfigureAwait(false);
                    continue;
                }
            }
            catch (Exception exception)
            {
                // The poll comes back to it.
                TellOfFailure(exception);
                seen = long.MaxValue;
            }

            lock (_lock)
            {
                if (seen >= _signals)
                {
                    _gate.RemoveSender();
                    break;
                }
            }
        }

        _notices.Publish();
    }

    private async Task SendAsync(Leased leased, bool probing)
    {
        try
        {
            var batch = leased.Batch;
            var maxAge = _settings.Options.Delivery.MaxEventAge;
            var expired = batch.CountEnqueuedBefore(_timeProvider.GetTimestamp() - _timeProvider.ToTicks(maxAge));
            var late = batch.CountEnqueuedBefore(LateEvents.Before(batch, _settings.Options.Delivery, _timeProvider));
            if (expired > 0)
            {
                if (await GiveUpAsync(leased, expired, $"older than {maxAge}", late: false).ConfigureAwait(false))
                {
                    _logger.EventsExpired(_settings.Name, expired, maxAge);
                }
            }
            else if (late > 0 && _settings.Options.Delivery.WhenLate == LateEventMode.HandOver)
            {
                if (await GiveUpAsync(leased, late, EventLedger.TooLate, late: true).ConfigureAwait(false))
                {
                    _logger.LateEventsHandedOver(_settings.Name, late);
                }
            }
            else
            {
                await SendAsync(leased, late, probing).ConfigureAwait(false);
            }
        }
        finally
        {
            Release(leased);
        }

        await TellFlushesAsync().ConfigureAwait(false);
    }

    private async Task SendAsync(Leased leased, int late, bool probing)
    {
        if (late > 0)
        {
            _metrics.Late(late);
            _logger.EventsSentLate(_settings.Name, late);
        }

        var delivery = await DeliverAsync(leased.Batch, probing).ConfigureAwait(false);
        await CompleteAsync(leased.Lease, Kept(leased, delivery.Remainder)).ConfigureAwait(false);
        Settle(leased.Batch, delivery);
    }

    private async Task<BatchDelivery> DeliverAsync(EventBatch batch, bool probing)
    {
        if (batch.Count == 1 && !EventBatch.FitsAlone(batch.EventAt(0), _settings.Current))
        {
            // The limits, or the name of the event group, have changed since it was accepted.
            var refused = new BatchDelivery(batch);
            refused.RejectAll(batch, RokuEventsClient.TooLarge(batch.EventAt(0).Length, _settings.Current).ToString(), "too_large");
            return refused;
        }

        try
        {
            _metrics.Sending(batch, _timeProvider);
            return await _client.DeliverAsync(batch, _settings.Current.SendUri, probing, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _logger.DeliveryFailedUnexpectedly(_settings.Name, exception);
            var kept = new BatchDelivery(batch);
            kept.Stop(RokuAnswer.NoAnswer(exception));
            kept.Keep(batch);
            return kept;
        }
    }

    private void Settle(EventBatch batch, BatchDelivery delivery)
    {
        var (count, bytes) = (batch.Count, batch.Bytes);
        lock (_lock)
        {
            Count(-(delivery.Delivered + delivery.Rejections.Count), (delivery.Remainder?.Bytes ?? 0) - bytes);
            _ledger.Settle(delivery);
            if (delivery.Obstacle is null)
            {
                _gate.Succeed(_status.Events);
            }
            else if (!_stopping.IsCancellationRequested && _gate.Fail(delivery.Obstacle, _status.Events) is { } delay)
            {
                _retryTimer.Change(delay, Timeout.InfiniteTimeSpan);
            }

            if (_gate.KeyIsRefused)
            {
                _drainIsHopeless?.TrySetResult();
            }

            WakeWaiting();
        }

        delivery.Remainder?.Release();
        _notices.Publish();
        foreach (var rejection in delivery.Rejections)
        {
            _logger.EventRejected(_settings.Name, rejection.EventId, rejection.Reason);
        }

        _logger.BatchSettled(_settings.Name, count, bytes, delivery.Delivered, delivery.Rejections.Count);
    }

    // The first events of a lease; the rest of it waits again. False when all does, because the end has come.
    private async Task<bool> GiveUpAsync(Leased leased, int count, string reason, bool late)
    {
        var (lease, batch, _) = leased;
        while (_ledger.ClaimedBytes > 0 && !_stopping.IsCancellationRequested)
        {
            // In the outbox they are safer than in a queue before a handler that is slow.
            await _deadLetters!.WhenSettledAsync().WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var expired = _stopping.IsCancellationRequested ? 0 : count;
        var rest = Enumerable.Range(expired, batch.Count - expired).Select(batch.OrdinalAt);
        if (!await CompleteAsync(lease, new KeptEvents([], 0, null, [.. leased.Rest, .. rest])).ConfigureAwait(false) || expired == 0)
        {
            return false;
        }

        var givenUp = batch.Slice(0, count);
        lock (_lock)
        {
            Count(-count, -givenUp.Bytes);
            _ledger.Expire(givenUp, reason, late);
            WakeWaiting();
        }

        return true;
    }

    private void SetAside(int events)
    {
        if (events > 0)
        {
            lock (_lock)
            {
                Count(-events, bytes: 0);
                _ledger.SetAside(_settings.Name, events);
            }

            _notices.Publish();
        }
    }

    // One sender after the other: two that see the same events would share them, in two small batches.
    private async Task<Leased?> LeaseDueAsync()
    {
        await _leasing.WaitAsync(_stopping.Token).ConfigureAwait(false);
        try
        {
            return IsDue(await RefreshAsync(_stopping.Token).ConfigureAwait(false)) ? await LeaseAsync().ConfigureAwait(false) : null;
        }
        finally
        {
            _leasing.Release();
        }
    }

    private bool IsDue(OutboxStatus status)
    {
        lock (_lock)
        {
            return status.FreeEvents > 0
                && (status.FreeEvents >= _settings.Options.Batch.MaxEvents
                    || status.FreeBytes >= _settings.Current.MaxEventBytes
                    || _timeProvider.GetUtcNow() - status.OldestFree >= _settings.Options.Batch.MaxAge
                    || _roomMade is not null
                    || _flushes.Count > 0);
        }
    }

    private async Task<Leased?> LeaseAsync()
    {
        var settings = _settings.Current;
        OutboxLease? lease;
        do
        {
            lease = await _outbox.TakeAsync(settings.Options.Batch.MaxEvents, settings.MaxEventBytes, _stopping.Token).ConfigureAwait(false);
            if (lease is null)
            {
                return null;
            }

            SetAside(lease.SetAside);
        }
        while (lease.Events.Count == 0);

        lock (_lock)
        {
            _leases.Add(lease);
        }

        return Batch(lease, settings);
    }

    // Events that may be at Roku already do not share a request with others, which would be thought to be late with them.
    private Leased Batch(OutboxLease lease, ClientSettings settings)
    {
        var batch = new EventBatch(settings, expectedEvents: lease.Events.Count);
        var rest = new List<int>();
        var inDoubt = lease.Events[0].InDoubtSince is not null;
        for (var i = 0; i < lease.Events.Count; i++)
        {
            var stored = lease.Events[i];
            if (stored.InDoubtSince is not null != inDoubt)
            {
                rest.Add(i);
                continue;
            }

            batch.Append(stored.Json.Span, i, Timestamp(stored.EnqueuedAt));
            batch.Attempts = Math.Max(batch.Attempts, stored.Attempts);
            batch.InDoubtSince = stored.InDoubtSince is { } since ? Math.Min(batch.InDoubtSince ?? long.MaxValue, Timestamp(since)) : null;
        }

        return new Leased(lease, batch, rest);
    }

    private KeptEvents Kept(Leased leased, EventBatch? remainder) => remainder is null
        ? KeptEvents.None with { Untouched = leased.Rest }
        : new KeptEvents([.. Enumerable.Range(0, remainder.Count).Select(remainder.OrdinalAt)], remainder.Attempts, Moment(remainder.InDoubtSince), leased.Rest);

    // Until it works: events that were delivered must not be sent again. False when the process ends first.
    private async Task<bool> CompleteAsync(OutboxLease lease, KeptEvents kept)
    {
        while (true)
        {
            try
            {
                await _outbox.CompleteAsync(lease, kept, CancellationToken.None).ConfigureAwait(false);
                return true;
            }
            catch (Exception exception)
            {
                TellOfFailure(exception);
                if (_stopping.IsCancellationRequested || exception is ObjectDisposedException)
                {
                    return false;
                }

                await Task.Delay(OutboxRetryDelay, _timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // When its outcome is in the books.
    private void Release(Leased leased)
    {
        lock (_lock)
        {
            _leases.Remove(leased.Lease);
        }

        leased.Batch.Release();
        _notices.Publish();
    }

    private async Task TellFlushesAsync()
    {
        bool somebodyWaits;
        lock (_lock)
        {
            somebodyWaits = _flushes.Count > 0;
        }

        if (somebodyWaits)
        {
            await RefreshAsync(_stopping.Token).ConfigureAwait(false);
        }
    }

    private void OnPoll()
    {
        lock (_lock)
        {
            WakeWaiting();
            Signal();
            if (_polling || _stopping.IsCancellationRequested)
            {
                return;
            }

            _polling = true;
        }

        _ = PollAsync();
    }

    private async Task PollAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            OutboxLease[] held;
            bool sends;
            lock (_lock)
            {
                held = [.. _leases];
                sends = _gate.State is BreakerState.Closed or BreakerState.HalfOpen;
            }

            foreach (var lease in held)
            {
                await _outbox.RenewAsync(lease, _stopping.Token).ConfigureAwait(false);
            }

            var status = await RefreshAsync(_stopping.Token).ConfigureAwait(false);
            if (!sends && Mode != DispatchMode.EnqueueOnly && _expiring.IsCompleted)
            {
                // Not here: it may wait for a slow dead-letter handler, and leases must be renewed meanwhile.
                _expiring = ExpireAsync(status);
            }
        }
        catch (Exception exception)
        {
            TellOfFailure(exception);
        }

        lock (_lock)
        {
            _polling = false;
        }
    }

    // While nothing is sent events grow too old all the same.
    private async Task ExpireAsync(OutboxStatus status)
    {
        try
        {
            await ExpireOldestAsync(status).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            TellOfFailure(exception);
        }
    }

    private async Task ExpireOldestAsync(OutboxStatus status)
    {
        var maxAge = _settings.Options.Delivery.MaxEventAge;
        while (_timeProvider.GetUtcNow() - status.OldestFree > maxAge && await LeaseAsync().ConfigureAwait(false) is { } leased)
        {
            var expired = leased.Batch.CountEnqueuedBefore(_timeProvider.GetTimestamp() - _timeProvider.ToTicks(maxAge));
            bool done;
            try
            {
                done = !await GiveUpAsync(leased, expired, $"older than {maxAge}", late: false).ConfigureAwait(false);
            }
            finally
            {
                Release(leased);
            }

            if (done)
            {
                // The end has come, or another process took the oldest meanwhile.
                break;
            }

            _logger.EventsExpired(_settings.Name, expired, maxAge);
            status = await RefreshAsync(_stopping.Token).ConfigureAwait(false);
        }
    }

    private void OnRetry()
    {
        lock (_lock)
        {
            if (_gate.Reopen() is { } delay)
            {
                _retryTimer.Change(delay, Timeout.InfiniteTimeSpan);
            }

            Signal();
        }

        _notices.Publish();
    }

    private void OnSettingsChanged()
    {
        lock (_lock)
        {
            _gate.FollowSettings();
            WakeWaiting();
            Signal();
        }

        _notices.Publish();
    }

    private void TellOfFailure(Exception exception)
    {
        if (!_stopping.IsCancellationRequested)
        {
            _logger.OutboxFailed(_settings.Name, exception);
        }
    }

    private long Timestamp(DateTimeOffset moment) => _timeProvider.GetTimestamp() - _timeProvider.ToTicks(_timeProvider.GetUtcNow() - moment);

    private DateTimeOffset? Moment(long? timestamp) => timestamp is { } known ? _timeProvider.GetUtcNow() - _timeProvider.GetElapsedTime(known) : null;

    private sealed record Leased(OutboxLease Lease, EventBatch Batch, IReadOnlyList<int> Rest);
}
