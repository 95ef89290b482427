using Microsoft.Extensions.Logging;

namespace Roku.Events;

// Events wait in a durable outbox, which several processes may share. Callers append to it; senders lease batches when
// enough waits there, whoever appended it, and delete them when they have their outcome. A poll sees what others do.
// This file: what callers see. Beside it: how batches are sent, and how it all ends.
internal sealed partial class DurableDispatcher : IHostedDispatcher
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly RokuEventsClient _client;
    private readonly LiveSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly EventMetrics _metrics;
    private readonly DeadLetterQueue? _deadLetters;
    private readonly IDurableOutbox _outbox;
    private readonly ILogger _logger;
    private readonly Notices _notices;
    private readonly object _lock = new();
    private readonly SemaphoreSlim _dropping = new(1);

    // Guarded by _lock.
    private readonly EventLedger _ledger;
    private readonly List<(long Number, UInt128 Last, TaskCompletionSource Settled)> _flushes = [];
    private long _flushesBegun;
    private OutboxStatus _status;
    private int _appendedEvents;
    private long _appendedBytes;
    private int _appending;
    private long _moved;
    private TaskCompletionSource? _roomMade;

    public DurableDispatcher(RokuEventsClient client, LiveSettings settings, TimeProvider timeProvider, EventMetrics metrics, DeadLetterHandler? deadLetterHandler, ILogger logger, IDurableOutbox outbox)
    {
        _client = client;
        _settings = settings;
        _timeProvider = timeProvider;
        _metrics = metrics;
        _logger = logger;
        _outbox = outbox;
        _notices = new Notices(logger);
        _deadLetters = deadLetterHandler is null ? null : new DeadLetterQueue(settings.Name, deadLetterHandler, timeProvider, metrics, _notices, static () => { });
        _ledger = new EventLedger(metrics, _deadLetters, _notices);
        _gate = new SendGate(settings, _notices);
        using var restored = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _retryTimer = timeProvider.CreateTimer(_ => OnRetry(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _pollTimer = timeProvider.CreateTimer(_ => OnPoll(), null, TimeSpan.Zero, PollInterval);
        settings.Changed += OnSettingsChanged;
        metrics.Watch(() => Status);
    }

    public DispatcherCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _ledger.Counts(_status.Events, _status.Bytes);
            }
        }
    }

    public DispatcherStatus Status
    {
        get
        {
            lock (_lock)
            {
                var age = _status.OldestFree is { } oldest ? _timeProvider.GetUtcNow() - oldest : TimeSpan.Zero;
                return new DispatcherStatus(_gate.State, _gate.Obstacle, _status.Events, _status.Bytes, _outbox.MaxBytes, age, _closed);
            }
        }
    }

    private DispatchMode Mode => _settings.Options.DispatchMode;

    public async ValueTask EnqueueAsync(RokuEvent rokuEvent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rokuEvent);
        cancellationToken.ThrowIfCancellationRequested();
        if (Mode == DispatchMode.SendOnly)
        {
            throw new InvalidOperationException($"Roku events client '{_settings.Name}' only sends (DispatchMode is SendOnly); the event was not accepted.");
        }

        if (await _client.Hooks.ApplyAsync(rokuEvent, cancellationToken).ConfigureAwait(false) is not { } passed)
        {
            _ledger.Veto();
            return;
        }

        var json = _client.Serialize(passed).ToArray();
        if (!EventBatch.FitsAlone(json, _settings.Current))
        {
            throw _client.TooLarge(passed, json.Length);
        }

        while (!await TryAppendAsync(json, cancellationToken).ConfigureAwait(false))
        {
            await MakeRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public bool TryEnqueue(RokuEvent rokuEvent) =>
        throw new InvalidOperationException($"Roku events client '{_settings.Name}' has a durable outbox, which TryEnqueue cannot wait for. Use EnqueueAsync.");

    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await FlushOutboxAsync(cancellationToken).ConfigureAwait(false);
        await (_deadLetters?.WhenSettledAsync() ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task FlushOutboxAsync(CancellationToken cancellationToken)
    {
        if (Mode == DispatchMode.EnqueueOnly)
        {
            return;
        }

        var status = await RefreshAsync(cancellationToken).ConfigureAwait(false);
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _flushes.Add((++_flushesBegun, status.Last, settled));
            Signal();
        }

        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        await settled.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // False when there is no room and the caller shall wait for it.
    private async Task<bool> TryAppendAsync(byte[] json, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_closed)
            {
                throw _settings.Closed();
            }

            _appending++;
        }

        var (accepted, stored) = (false, false);
        try
        {
            var now = _timeProvider.GetUtcNow();
            stored = await _outbox.AppendAsync(json, now, cancellationToken).ConfigureAwait(false);
            if (!stored && _settings.Options.Queue.WhenFull == QueueFullMode.Wait)
            {
                return false;
            }

            stored = stored || await DropForRoomAsync(json, now, cancellationToken).ConfigureAwait(false);
            accepted = true;
            return true;
        }
        finally
        {
            EndAppending(accepted, stored ? json.Length : 0);
        }
    }

    // One of no bytes was dropped on arrival.
    private void EndAppending(bool accepted, int bytes)
    {
        lock (_lock)
        {
            if (--_appending == 0)
            {
                _appendsEnded?.TrySetResult();
            }

            if (!accepted)
            {
                return;
            }

            _ledger.Accept();
            if (bytes > 0)
            {
                Count(events: 1, bytes);
                (_appendedEvents, _appendedBytes) = (_appendedEvents + 1, _appendedBytes + bytes + 1);
            }

            if (_appendedEvents >= _settings.Options.Batch.MaxEvents || _appendedBytes >= _settings.Current.MaxEventBytes)
            {
                (_appendedEvents, _appendedBytes) = (0, 0);
                Signal();
            }
        }

        _metrics.Enqueued();
    }

    // One caller after the other: a batch that is dropped makes room for many.
    private async Task<bool> DropForRoomAsync(byte[] json, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mode = _settings.Options.Queue.WhenFull;
        await _dropping.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (mode == QueueFullMode.DropOldest)
            {
                if (await _outbox.AppendAsync(json, now, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }

                if (await LeaseAsync().ConfigureAwait(false) is not { } oldest)
                {
                    break;
                }

                await DropAsync(oldest, mode).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw _settings.Closed();
        }
        finally
        {
            _dropping.Release();
        }

        // Nothing waits that is not being sent, or what waits shall stay: then it is this one.
        Drop(mode, () => _ledger.DropOnArrival(json, _timeProvider.GetTimestamp(), _settings.Current));
        return false;
    }

    // What cannot be deleted is not dropped: its lease ends by itself.
    private async Task DropAsync(Leased oldest, QueueFullMode mode)
    {
        try
        {
            await _outbox.CompleteAsync(oldest.Lease, KeptEvents.None with { Untouched = oldest.Rest }, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _leases.Remove(oldest.Lease);
            }
        }

        // Its memory belongs to the ledger now.
        Drop(mode, () =>
        {
            Count(-oldest.Batch.Count, -oldest.Batch.Bytes);
            _ledger.DropForRoom(oldest.Batch);
        });
    }

    private void Drop(QueueFullMode mode, Action drop)
    {
        lock (_lock)
        {
            var before = _ledger.Dropped;
            drop();
            _ledger.TellOfDrops(_settings.Name, mode, before);
        }

        _notices.Publish();
    }

    // Completes when there may be room. What waits is sent meanwhile, however little it is.
    private Task MakeRoomAsync()
    {
        lock (_lock)
        {
            if (_closed)
            {
                // The next try says so.
                return Task.CompletedTask;
            }

            Signal();
            return (_roomMade ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void WakeWaiting()
    {
        _roomMade?.TrySetResult();
        _roomMade = null;
    }

    private void Count(int events, int bytes)
    {
        _moved += Math.Abs(events);
        _status = _status with { Events = Math.Max(0, _status.Events + events), Bytes = Math.Max(0, _status.Bytes + bytes) };
    }

    private async Task<OutboxStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        long movedBefore, flushesBefore;
        lock (_lock)
        {
            (movedBefore, flushesBefore) = (_moved, _flushesBegun);
        }

        var status = await _outbox.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            // What came and went meanwhile may be in the reading or not: then our own count is the better one.
            var unsure = _moved - movedBefore + _appending + _leases.Sum(lease => lease.Events.Count);
            _status = unsure > 0 && Math.Abs(status.Events - _status.Events) <= unsure ? status with { Events = _status.Events, Bytes = _status.Bytes } : status;
            // A reading from before a flush knows nothing of what it waits for.
            _flushes.RemoveAll(flush => flush.Number <= flushesBefore && !MayWait(status, flush.Last) && flush.Settled.TrySetResult());
        }

        return status;
    }

    // Whether something appended until then is still in the outbox, or gone from there and not yet in the books.
    private bool MayWait(OutboxStatus status, UInt128 last) => status.First <= last || _leases.Exists(lease => lease.First <= last);
}
