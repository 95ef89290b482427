namespace Roku.Events;

// How it all ends. What is not delivered by then stays in the outbox.
internal sealed partial class DurableDispatcher
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();

    // Guarded by _lock.
    private bool _closed;
    private bool _ended;
    private Task? _drain;
    private TaskCompletionSource? _drainIsHopeless;
    private TaskCompletionSource? _appendsEnded;

    public ValueTask DisposeAsync() => new(DrainAsync(CancellationToken.None));

    // Without waiting for it, and without an end: the drain that follows has one.
    public void BeginFlush()
    {
        if (Mode != DispatchMode.EnqueueOnly)
        {
            _ = FlushOutboxAsync(_stopping.Token).ContinueWith(static flush => _ = flush.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

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
        var before = Counts;
        using var deadline = new CancellationTokenSource(_settings.Options.Delivery.DrainTimeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await CloseAsync().WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Mode != DispatchMode.EnqueueOnly)
        {
            Task ended = Task.WhenAny(FlushAtEndAsync(either.Token), _drainIsHopeless!.Task);
            await ended.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await StopSendersAsync().ConfigureAwait(false);
        if (_deadLetters is not null)
        {
            await _deadLetters.CloseAsync(StopGrace).ConfigureAwait(false);
            _deadLetters.Dispose();
        }

        _settings.Changed -= OnSettingsChanged;
        await _retryTimer.DisposeAsync().ConfigureAwait(false);
        await _pollTimer.DisposeAsync().ConfigureAwait(false);
        await ReportAsync(before).ConfigureAwait(false);
        await _outbox.DisposeAsync().AsTask().WaitAsync(StopGrace, _timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // An outbox that fails for a moment does not end it.
    private async Task FlushAtEndAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FlushOutboxAsync(cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (Exception exception)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    TellOfFailure(exception);
                }

                await Task.Delay(OutboxRetryDelay, _timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Completes when no caller appends any more.
    private Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            _drainIsHopeless = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _appendsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _gate.OpenForTheLastTime();
            WakeWaiting();
            return _appending == 0 ? Task.CompletedTask : _appendsEnded.Task;
        }
    }

    // What the senders did until now belongs in the outbox. A lease of one that ignores its cancellation ends by itself.
    private async Task StopSendersAsync()
    {
        Task stopped;
        lock (_lock)
        {
            stopped = _gate.Stop();
        }

        await _stopping.CancelAsync().WaitAsync(StopGrace, _timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stopped.WaitAsync(StopGrace, _timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _ended = true;
            foreach (var (_, _, settled) in _flushes)
            {
                settled.TrySetResult();
            }

            _flushes.Clear();
        }
    }

    private async Task ReportAsync(DispatcherCounts before)
    {
        try
        {
            await RefreshAsync(CancellationToken.None).WaitAsync(StopGrace, _timeProvider, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _logger.OutboxFailed(_settings.Name, exception);
        }

        _notices.Publish();
        var counts = Counts;
        _logger.ShutDown(_settings.Name, counts, before);
        if (counts.Waiting > 0)
        {
            _logger.EventsLeftInOutbox(_settings.Name, counts.Waiting);
        }
    }
}
