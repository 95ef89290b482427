namespace Roku.Events;

// How it all ends.
internal sealed partial class BatchDispatcher
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LeastTimeToHandOver = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MostTimeToHandOver = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();

    // Guarded by _lock.
    private bool _closed;
    private Task? _drain;
    private TaskCompletionSource? _drainIsHopeless;

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
        var started = _timeProvider.GetTimestamp();
        var before = Counts;
        var time = _settings.Options.Delivery.DrainTimeout;
        await DeliverWhatWaitsAsync(_deadLetters is null ? time : time - Min(time / 5, MostTimeToHandOver), cancellationToken).ConfigureAwait(false);
        await StopSendersAsync().ConfigureAwait(false);
        lock (_lock)
        {
            DropWhatIsLeft();
        }

        _notices.Publish();
        if (_deadLetters is not null)
        {
            var left = cancellationToken.IsCancellationRequested ? TimeSpan.Zero : time - _timeProvider.GetElapsedTime(started);
            await _deadLetters.CloseAsync(left > LeastTimeToHandOver ? left : LeastTimeToHandOver).ConfigureAwait(false);
            _deadLetters.Dispose();
        }

        _settings.Changed -= OnSettingsChanged;
        await _ageTimer.DisposeAsync().ConfigureAwait(false);
        await _retryTimer.DisposeAsync().ConfigureAwait(false);
        _logger.ShutDown(_settings.Name, Counts, before);
    }

    private async Task DeliverWhatWaitsAsync(TimeSpan within, CancellationToken cancellationToken)
    {
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

        using var deadline = new CancellationTokenSource(within, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Task ended = Task.WhenAny(settled, _drainIsHopeless.Task);
        await ended.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private void DropWhatIsLeft()
    {
        var left = _outbox.Count;
        if (left > 0)
        {
            _notices.Add(logger => logger.EventsDroppedAtShutdown(_settings.Name, left));
        }

        foreach (var batch in _outbox.All())
        {
            var mayHaveArrived = batch.InDoubtSince is not null || _outbox.Holds(batch);
            batch.Settled?.TrySetResult();
            _ledger.DropAtShutdown(batch, mayHaveArrived ? "left at shutdown; may have arrived" : "left at shutdown");
        }

        _outbox.Clear();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
