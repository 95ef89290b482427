namespace Roku.Events;

// Hands events that were given up to the host, beside delivery and never in its way: a handler that throws is asked again
// some times, one that hangs is left behind, and what waits for it is bounded. Thread-safe; calls nothing under its lock.
internal sealed class DeadLetterQueue(string client, DeadLetterHandler handler, TimeProvider timeProvider, EventMetrics metrics, Notices notices, Action memoryFreed) : IDisposable
{
    // Memory for letters that does not count against the bound of the queue.
    public const long FreeBytes = 16 * 1024 * 1024;

    private const int MaxTries = 10;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HurriedWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan HandlerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(100);
    private static readonly AsyncLocal<DeadLetterQueue?> HandlerOf = new();

    private readonly object _lock = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _stop = new();

    // Guarded by _lock. While the pump runs the first is with the handler.
    private readonly Queue<Letters> _waiting = new();
    private Letters? _last;
    private TaskCompletionSource? _pump;
    private bool _closed;
    private long _heldBytes;
    private long _handedOver;

    public long HeldBytes => Volatile.Read(ref _heldBytes);

    public long HandedOver => Volatile.Read(ref _handedOver);

    private bool IsCalledByHandler => HandlerOf.Value == this;

    // Takes the batch over. What was held before, and is no longer, needs no memory that is not there.
    public void Add(EventBatch events, EventOutcome outcome, string reason, bool wasHeld = false) =>
        Add(new Letters(events, outcome, reason, null, timeProvider.GetUtcNow()), wasHeld);

    public void Add(EventBatch events, IReadOnlyList<BatchDelivery.Rejection> rejections) =>
        Add(new Letters(events, EventOutcome.Rejected, "", rejections, timeProvider.GetUtcNow()), wasHeld: false);

    // One event dropped on arrival. Those that come one after another share a batch.
    public void Add(ReadOnlySpan<byte> json, long enqueuedAt, ClientSettings settings, string reason)
    {
        lock (_lock)
        {
            if (_last is { IsTaken: false } last && last.Reason == reason && last.Events.Settings == settings
                && last.Events.HasRoomFor(json.Length, settings.Options.Batch)
                && _heldBytes + last.Events.GrowthFor(json.Length) <= FreeBytes)
            {
                _heldBytes -= last.Events.HeldBytes;
                last.Events.Append(json, 0, enqueuedAt);
                _heldBytes += last.Events.HeldBytes;
                return;
            }
        }

        var alone = new EventBatch(settings);
        alone.Append(json, 0, enqueuedAt);
        Add(alone, EventOutcome.Dropped, reason);
    }

    // Completes when the letters that wait now are handed over or given up. A handler that asks does not wait for itself.
    public Task WhenSettledAsync()
    {
        lock (_lock)
        {
            return _last is null || IsCalledByHandler
                ? Task.CompletedTask
                : (_last.Settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    // Ends within the time given and some moments; letters that are left then are lost to the handler.
    public async Task CloseAsync(TimeSpan within)
    {
        Task pump;
        lock (_lock)
        {
            _closed = true;
            pump = IsCalledByHandler || _pump is null ? Task.CompletedTask : _pump.Task;
        }

        await _hurry.CancelAsync().ConfigureAwait(false);
        await pump.WaitAsync(within, timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync().WaitAsync(StopGrace, timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await pump.WaitAsync(StopGrace, timeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var left = 0;
        lock (_lock)
        {
            foreach (var letters in _waiting)
            {
                left += letters.Count;
                letters.Settled?.TrySetResult();
            }

            _waiting.Clear();
            _last = null;
            _heldBytes = 0;
        }

        Lose(left);
        notices.Publish();
    }

    public void Dispose()
    {
        _hurry.Dispose();
        _stop.Dispose();
    }

    private void Add(Letters letters, bool wasHeld)
    {
        lock (_lock)
        {
            if (!_closed && (wasHeld || _heldBytes + letters.HeldBytes <= FreeBytes))
            {
                _heldBytes += letters.HeldBytes;
                _waiting.Enqueue(letters);
                _last = letters;
                StartPump();
                return;
            }
        }

        Lose(letters.Count);
        letters.Events.Release();
    }

    private void StartPump()
    {
        if (_pump is null)
        {
            _pump = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.PumpAsync(), this, preferLocal: false);
        }
    }

    private async Task PumpAsync()
    {
        while (TakeFirst() is { } letters)
        {
            var taken = await HandOverAsync(letters).ConfigureAwait(false);
            lock (_lock)
            {
                // Closed meanwhile, and counted there.
                if (!_waiting.TryPeek(out var first) || first != letters)
                {
                    continue;
                }

                _waiting.Dequeue();
                _last = _waiting.Count == 0 ? null : _last;
                _heldBytes -= letters.HeldBytes;
                _handedOver += taken ? letters.Count : 0;
            }

            if (taken)
            {
                metrics.HandedOver(letters.Count);
            }
            else
            {
                Lose(letters.Count);
            }

            letters.Events.Release();
            memoryFreed();
            notices.Publish();
            letters.Settled?.TrySetResult();
        }
    }

    private Letters? TakeFirst()
    {
        lock (_lock)
        {
            if (_waiting.TryPeek(out var first))
            {
                first.IsTaken = true;
                return first;
            }

            _pump!.SetResult();
            _pump = null;
            return null;
        }
    }

    private async Task<bool> HandOverAsync(Letters letters)
    {
        var list = letters.ToList(client, timeProvider);
        for (var attempt = 1; !_stop.IsCancellationRequested; attempt++)
        {
            try
            {
                await CallHandlerAsync(list).ConfigureAwait(false);
                return true;
            }
            catch (Exception exception)
            {
                notices.Add(logger => logger.DeadLetterHandlerFailed(client, list.Count, attempt, exception));
                notices.Publish();
            }

            if (attempt == MaxTries)
            {
                return false;
            }

            var (wait, until) = _hurry.IsCancellationRequested
                ? (HurriedWait, _stop)
                : (TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), LongestWait.TotalSeconds)), _hurry);
            await Task.Delay(wait, timeProvider, until.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    private async Task CallHandlerAsync(IReadOnlyList<DeadLetter> letters)
    {
        using var timeout = new CancellationTokenSource(HandlerTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        var token = either.Token;
        var handling = Task.Run(
            () =>
            {
                HandlerOf.Value = this;
                return handler(letters, token);
            },
            CancellationToken.None);
        try
        {
            await handling.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            handling.LeaveBehind();
            throw new TimeoutException($"The dead-letter handler took longer than {HandlerTimeout}.");
        }
        catch
        {
            handling.LeaveBehind();
            throw;
        }
    }

    private void Lose(int count)
    {
        if (count > 0)
        {
            notices.Add(logger =>
            {
                logger.DeadLettersLost(client, count);
                metrics.Lost(count);
            });
        }
    }

    private sealed class Letters(EventBatch events, EventOutcome outcome, string reason, IReadOnlyList<BatchDelivery.Rejection>? rejections, DateTimeOffset givenUpAt)
    {
        public EventBatch Events => events;

        public string Reason => reason;

        public int Count => events.Count;

        public long HeldBytes => events.HeldBytes;

        // No event joins any more.
        public bool IsTaken { get; set; } = outcome != EventOutcome.Dropped;

        public TaskCompletionSource? Settled { get; set; }

        // Copies: the handler may keep them.
        public List<DeadLetter> ToList(string client, TimeProvider timeProvider)
        {
            var json = events.Body.ToArray();
            var list = new List<DeadLetter>(events.Count);
            for (var i = 0; i < events.Count; i++)
            {
                var (range, rejection) = (events.RangeAt(i), rejections?[i]);
                list.Add(new DeadLetter(rejection?.EventId ?? events.IdAt(i), outcome, rejection?.Reason ?? reason, json.AsMemory(range))
                {
                    ClientName = client,
                    EventGroupId = events.Settings.Options.EventGroupId,
                    Attempts = rejection?.Attempts ?? events.Attempts,
                    EnqueuedAt = timeProvider.GetUtcNow() - timeProvider.GetElapsedTime(events.EnqueuedAt(i)),
                    GivenUpAt = givenUpAt,
                });
            }

            return list;
        }
    }
}
