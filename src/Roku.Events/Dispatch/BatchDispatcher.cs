using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

// Callers append to the outbox under one short lock; senders, started when a batch is ready and ended when none is, take
// batches from it. There is no loop that waits, so nothing can die unseen and an idle client costs nothing.
// This file: what callers see. Beside it: how batches are sent, and how it all ends.
internal sealed partial class BatchDispatcher : IHostedDispatcher
{
    private readonly RokuEventsClient _client;
    private readonly LiveSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly EventMetrics _metrics;
    private readonly DeadLetterQueue? _deadLetters;
    private readonly ILogger _logger;
    private readonly Notices _notices;
    private readonly object _lock = new();

    // Guarded by _lock: what waits, and the books.
    private readonly MemoryOutbox _outbox = new();
    private readonly EventLedger _ledger;
    private readonly ITimer _ageTimer;
    private bool _ageTimerArmed;
    private TaskCompletionSource? _roomMade;

    public BatchDispatcher(RokuEventsClient client, LiveSettings settings, TimeProvider timeProvider, EventMetrics metrics, DeadLetterHandler? deadLetterHandler, ILogger logger)
    {
        _client = client;
        _settings = settings;
        _timeProvider = timeProvider;
        _metrics = metrics;
        _logger = logger;
        _notices = new Notices(logger);
        _deadLetters = deadLetterHandler is null ? null : new DeadLetterQueue(settings.Name, deadLetterHandler, timeProvider, metrics, _notices, OnMemoryFreed);
        _ledger = new EventLedger(metrics, _deadLetters, _notices);
        _gate = new SendGate(settings, _notices);
        _ageTimer = CreateTimer(static dispatcher => dispatcher.OnAge());
        _retryTimer = CreateTimer(static dispatcher => dispatcher.OnRetry());
        settings.Changed += OnSettingsChanged;
        metrics.Watch(() => Status);
    }

    public DispatcherCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _ledger.Counts(_outbox.Count, _outbox.HeldBytes);
            }
        }
    }

    public DispatcherStatus Status
    {
        get
        {
            lock (_lock)
            {
                return new DispatcherStatus(
                    _gate.State,
                    _gate.Obstacle,
                    _outbox.Count,
                    _outbox.HeldBytes,
                    _settings.Options.Queue.MaxBytes,
                    _outbox.OldestEnqueuedAt is { } oldest ? _timeProvider.GetElapsedTime(oldest) : TimeSpan.Zero,
                    _closed);
            }
        }
    }

    public ValueTask EnqueueAsync(RokuEvent rokuEvent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rokuEvent);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (_client.Hooks.AreAsync)
        {
            return EnqueueAfterHooksAsync(rokuEvent, cancellationToken);
        }

        if (_client.Hooks.Apply(rokuEvent) is { } passed)
        {
            return EnqueuePassedAsync(passed, cancellationToken);
        }

        _ledger.Veto();
        return ValueTask.CompletedTask;
    }

    public bool TryEnqueue(RokuEvent rokuEvent)
    {
        ArgumentNullException.ThrowIfNull(rokuEvent);
        if (_client.Hooks.AreAsync)
        {
            throw new InvalidOperationException($"Roku events client '{_settings.Name}' has an asynchronous hook, which TryEnqueue cannot wait for. Use EnqueueAsync.");
        }

        if (_client.Hooks.Apply(rokuEvent) is not { } passed)
        {
            _ledger.Veto();
            return true;
        }

        var json = _client.Serialize(passed);
        var acceptance = Accept(json);
        return acceptance == Acceptance.TooLarge ? throw _client.TooLarge(passed, json.Length) : acceptance == Acceptance.Accepted;
    }

    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        Task settled;
        lock (_lock)
        {
            _outbox.MarkOpenDue();
            settled = WhenAllSettled();
            StartSender();
        }

        await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
        Task handedOver;
        lock (_lock)
        {
            handedOver = _deadLetters?.WhenSettledAsync() ?? Task.CompletedTask;
        }

        await handedOver.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EnqueueAfterHooksAsync(RokuEvent rokuEvent, CancellationToken cancellationToken)
    {
        if (await _client.Hooks.ApplyAsync(rokuEvent, cancellationToken).ConfigureAwait(false) is { } passed)
        {
            await EnqueuePassedAsync(passed, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _ledger.Veto();
        }
    }

    private ValueTask EnqueuePassedAsync(RokuEvent rokuEvent, CancellationToken cancellationToken)
    {
        var json = _client.Serialize(rokuEvent);
        return Accept(json) switch
        {
            Acceptance.Accepted => ValueTask.CompletedTask,
            Acceptance.Closed => throw _settings.Closed(),
            Acceptance.TooLarge => throw _client.TooLarge(rokuEvent, json.Length),
            _ => new ValueTask(EnqueueWhenThereIsRoomAsync(rokuEvent, json.ToArray(), cancellationToken)),
        };
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
                        throw _settings.Closed();
                    case Acceptance.TooLarge:
                        throw _client.TooLarge(rokuEvent, json.Length);
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

    private Acceptance Accept(ReadOnlySpan<byte> json)
    {
        // Age is stamped and the timer armed here, on the caller's thread, so that a fake clock is enough to test it.
        var settings = _settings.Current;
        if (!EventBatch.FitsAlone(json, settings))
        {
            return Acceptance.TooLarge;
        }

        var now = _timeProvider.GetTimestamp();
        var enqueuing = EventMetrics.Activities.HasListeners() && Activity.Current is { } activity ? activity.Context : default;
        var dropped = false;
        lock (_lock)
        {
            if (_closed)
            {
                return Acceptance.Closed;
            }

            if (!_outbox.TryAppend(json, now, settings, _ledger.ClaimedBytes, enqueuing))
            {
                if (settings.Options.Queue.WhenFull == QueueFullMode.Wait)
                {
                    StartSender();
                    return Acceptance.Full;
                }

                DropForRoom(json, now, settings);
                dropped = true;
            }

            _ledger.Accept();
            if (!_ageTimerArmed)
            {
                ArmAgeTimer();
            }

            if (_outbox.HasBatchToSend)
            {
                StartSender();
            }
        }

        _metrics.Enqueued();
        if (dropped)
        {
            _notices.Publish();
        }

        return Acceptance.Accepted;
    }

    private void DropForRoom(ReadOnlySpan<byte> json, long now, ClientSettings settings)
    {
        var mode = settings.Options.Queue.WhenFull;
        var before = _ledger.Dropped;
        var appended = false;
        while (mode == QueueFullMode.DropOldest && !appended && _outbox.RemoveOldestBatch() is { } removed)
        {
            _ledger.DropForRoom(removed);
            appended = _outbox.TryAppend(json, now, settings, _ledger.ClaimedBytes);
        }

        if (!appended)
        {
            _ledger.DropOnArrival(json, now, settings);
        }

        _ledger.TellOfDrops(_settings.Name, mode, before);
    }

    private Task WhenAllSettled() =>
        Task.WhenAll(_outbox.All().Select(static batch => (batch.Settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task));

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

        _notices.Publish();
    }

    // Dead letters claim no longer what they did: nobody else may tell those that wait for it.
    private void OnMemoryFreed()
    {
        lock (_lock)
        {
            WakeWaiting();
        }
    }

    private void WakeWaiting()
    {
        _roomMade?.TrySetResult();
        _roomMade = null;
    }

    // A timer must not carry the context of whoever happens to resolve the dispatcher first.
    private ITimer CreateTimer(Action<BatchDispatcher> onDue)
    {
        using var restored = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        return _timeProvider.CreateTimer(_ => onDue(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum Acceptance
    {
        Accepted,
        Full,
        TooLarge,
        Closed,
    }
}
