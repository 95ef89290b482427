using System.Diagnostics;

namespace Roku.Events;

// Where events wait. Not thread-safe: the dispatcher's lock guards it.
internal sealed class MemoryOutbox
{
    private readonly LinkedList<EventBatch> _ready = new();
    private readonly List<EventBatch> _taken = [];
    private EventBatch? _open;
    private bool _openIsDue;
    private int _lastBytes;
    private int _lastEvents;

    // Bytes of memory held, batches being sent included.
    public long HeldBytes { get; private set; }

    // Events held, those being sent included.
    public int Count { get; private set; }

    public bool HasBatchToSend => _ready.Count > 0 || (_openIsDue && _open is not null);

    // When the oldest event of all came in; null when there is none.
    public long? OldestEnqueuedAt => All().Select(static batch => (long?)batch.OldestEnqueuedAt).Min();

    // When the oldest event of the open batch came in; null when none waits there.
    public long? OpenSince => _openIsDue ? null : _open?.OldestEnqueuedAt;

    // False when there is no room; what somebody else claims of the queue's memory is none.
    public bool TryAppend(ReadOnlySpan<byte> json, long now, ClientSettings settings, long claimedBytes = 0, ActivityContext enqueuing = default)
    {
        var maxBytes = settings.Options.Queue.MaxBytes - claimedBytes;
        if (_open is not null && (!ReferenceEquals(_open.Settings, settings) || !_open.HasRoomFor(json.Length, settings.Options.Batch)))
        {
            SealOpen();
        }

        var growth = _open?.GrowthFor(json.Length) ?? 0;
        if (HeldBytes + growth > maxBytes)
        {
            return false;
        }

        if (_open is null)
        {
            var expected = Math.Max(_lastBytes, settings.Options.Batch.MaxBytes - settings.MaxEventBytes + json.Length);
            if (HeldBytes + expected > maxBytes)
            {
                return false;
            }

            var opened = new EventBatch(settings, expected, _lastEvents);
            if (HeldBytes + opened.HeldBytes > maxBytes)
            {
                opened.Release();
                return false;
            }

            _open = opened;
            HeldBytes += _open.HeldBytes;
        }

        var before = _open.HeldBytes;
        _open.Append(json, 0, now);
        HeldBytes += _open.HeldBytes - before;
        Count++;
        if (enqueuing != default)
        {
            _open.AddLink(enqueuing);
        }

        if (_open.Count >= settings.Options.Batch.MaxEvents)
        {
            SealOpen();
        }

        return true;
    }

    // Makes the open batch ready to be taken; it keeps filling until a sender takes it.
    public void MarkOpenDue() => _openIsDue = _open is not null;

    public EventBatch? Take()
    {
        if (_ready.First is { } first)
        {
            _ready.RemoveFirst();
            _taken.Add(first.Value);
            return first.Value;
        }

        if (!_openIsDue || _open is null)
        {
            return null;
        }

        var batch = _open;
        CloseOpen();
        _taken.Add(batch);
        return batch;
    }

    // Ends the lease of a batch: what remains of it waits again, before all that is younger.
    public void Complete(EventBatch batch, EventBatch? remainder)
    {
        _taken.Remove(batch);
        Forget(batch);
        if (remainder is not null)
        {
            remainder.Settled = batch.Settled;
            var next = _ready.First;
            while (next is not null && next.Value.OldestEnqueuedAt < remainder.OldestEnqueuedAt)
            {
                next = next.Next;
            }

            _ = next is null ? _ready.AddLast(remainder) : _ready.AddBefore(next, remainder);
            HeldBytes += remainder.HeldBytes;
            Count += remainder.Count;
        }
    }

    // Removes events enqueued before a moment from the head and returns them.
    public List<EventBatch> RemoveEnqueuedBefore(long moment)
    {
        var removed = new List<EventBatch>();
        while (RemoveOldest(batch => batch.NewestEnqueuedAt < moment) is { } batch)
        {
            removed.Add(batch);
        }

        if (_ready.Count == 0 && _open is not null && _open.OldestEnqueuedAt < moment)
        {
            SealOpen();
        }

        if (_ready.First is { } head && head.Value.OldestEnqueuedAt < moment)
        {
            var batch = head.Value;
            var kept = batch.CountEnqueuedBefore(moment);
            removed.Add(batch.Slice(0, kept));
            _ready.RemoveFirst();
            Complete(batch, batch.Slice(kept, batch.Count - kept));
            batch.Release();
        }

        return removed;
    }

    // Removes the oldest batch that is not being sent; null when there is none.
    public EventBatch? RemoveOldestBatch() => RemoveOldest(static _ => true);

    // Every batch there is: being sent, ready, and open.
    public IEnumerable<EventBatch> All() => _open is null ? [.. _taken, .. _ready] : [.. _taken, .. _ready, _open];

    public bool Holds(EventBatch batch) => _taken.Contains(batch);

    // Forgets everything, and releases nothing.
    public void Clear()
    {
        _taken.Clear();
        _ready.Clear();
        _open = null;
        _openIsDue = false;
        HeldBytes = Count = 0;
    }

    private EventBatch? RemoveOldest(Predicate<EventBatch> condition)
    {
        if (_ready.First is { } first)
        {
            if (!condition(first.Value))
            {
                return null;
            }

            _ready.RemoveFirst();
            return Removed(first.Value);
        }

        if (_open is null || !condition(_open))
        {
            return null;
        }

        var open = _open;
        CloseOpen();
        return Removed(open);
    }

    private EventBatch Removed(EventBatch batch)
    {
        Forget(batch);
        batch.Settled?.TrySetResult();
        return batch;
    }

    private void Forget(EventBatch batch)
    {
        HeldBytes -= batch.HeldBytes;
        Count -= batch.Count;
    }

    private void SealOpen()
    {
        _ready.AddLast(_open!);
        CloseOpen();
    }

    private void CloseOpen()
    {
        // The next batch is likely as large as this one: renting that at once spares the growing.
        (_lastBytes, _lastEvents) = (_open!.Bytes, _open.Count);
        _open = null;
        _openIsDue = false;
    }
}
