namespace Roku.Events;

// How batches are sent.
internal sealed partial class BatchDispatcher
{
    // Guarded by _lock.
    private readonly SendGate _gate;
    private readonly ITimer _retryTimer;

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
            _notices.Publish();
            try
            {
                _metrics.Sending(batch, _timeProvider);
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

        _notices.Publish();
    }

    private EventBatch? TakeBatch(out bool probing)
    {
        lock (_lock)
        {
            while (_gate.MaySend(out probing) && _outbox.Take() is { } batch)
            {
                var late = batch.CountEnqueuedBefore(LateEvents.Before(batch, _settings.Options.Delivery, _timeProvider));
                if (late > 0 && _settings.Options.Delivery.WhenLate == LateEventMode.HandOver)
                {
                    HandOverLate(batch, late);
                    continue;
                }

                ReportLate(late);
                StartSender();
                return batch;
            }

            _gate.RemoveSender();
            return null;
        }
    }

    private void ReportLate(int late)
    {
        if (late > 0)
        {
            _notices.Add(logger =>
            {
                _metrics.Late(late);
                logger.EventsSentLate(_settings.Name, late);
            });
        }
    }

    // The rest of the batch waits again, to be taken next.
    private void HandOverLate(EventBatch batch, int late)
    {
        var rest = late < batch.Count ? batch.Slice(late, batch.Count - late) : null;
        var handedOver = batch.Slice(0, late);
        _outbox.Complete(batch, rest);
        _ledger.Expire(handedOver, EventLedger.TooLate, late: true);
        _notices.Add(logger => logger.LateEventsHandedOver(_settings.Name, late));
        WakeWaiting();
        if (rest is null)
        {
            batch.Settled?.TrySetResult();
        }

        batch.Release();
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
            _ledger.Settle(delivery);
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

        _notices.Publish();
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

        _notices.Publish();
    }

    private void Expire()
    {
        var maxAge = _settings.Options.Delivery.MaxEventAge;
        foreach (var batch in _outbox.RemoveEnqueuedBefore(_timeProvider.GetTimestamp() - _timeProvider.ToTicks(maxAge)))
        {
            var count = batch.Count;
            _ledger.Expire(batch, $"older than {maxAge}", late: false);
            _notices.Add(logger => logger.EventsExpired(_settings.Name, count, maxAge));
            WakeWaiting();
        }
    }
}
