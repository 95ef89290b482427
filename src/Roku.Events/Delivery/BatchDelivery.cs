namespace Roku.Events;

// What became of one batch: every event delivered or rejected, but for those in Remainder, which wait for a better time.
internal sealed class BatchDelivery(EventBatch whole)
{
    private readonly HashSet<string> _sharedIds = [];
    private Dictionary<string, int>? _positionsById;

    public int Delivered { get; private set; }

    public List<Rejection> Rejections { get; } = [];

    // The events of Rejections, in their order; null when there are none.
    public EventBatch? Rejected { get; private set; }

    // Why delivery stopped; null when it did not.
    public RokuAnswer? Obstacle { get; private set; }

    // Whether each failure is that of a known event. If not, which of the others failed is not known either.
    public bool AllFit(EventBatch batch, RokuAnswer answer) => answer.Failures.Count == 0 || Match(batch, answer, isRefused: false, out _);

    public void Accept(EventBatch batch, RokuAnswer answer)
    {
        Match(batch, answer, isRefused: false, out var rejected);
        Delivered += batch.Count - rejected.Count;
        Reject(batch, rejected, answer.Code);
    }

    // Rejects the events that the answer names and returns the others; null when it names none of the batch.
    public EventBatch? RejectNamed(EventBatch batch, RokuAnswer answer)
    {
        Match(batch, answer, isRefused: true, out var rejected);
        if (rejected.Count == 0)
        {
            return null;
        }

        Reject(batch, rejected, answer.Code);
        var rest = new EventBatch(batch.Settings, expectedEvents: batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            if (!rejected.ContainsKey(i))
            {
                rest.AppendFrom(batch, i);
            }
        }

        return rest;
    }

    public void RejectAll(EventBatch batch, string reason, string code)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            Reject(batch, i, reason, code);
        }
    }

    public void Stop(RokuAnswer obstacle) => Obstacle = obstacle;

    // A copy, because the batch may be a part that is given back soon; under the event group of the whole.
    public void Keep(EventBatch batch)
    {
        Remainder ??= new EventBatch(whole.Settings, batch.Bytes, batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            Remainder.AppendFrom(batch, i);
        }
    }

    public EventBatch? Remainder { get; private set; }

    // The same events under another event group; one that its longer name leaves no room for is rejected.
    public IEnumerable<EventBatch> MoveTo(ClientSettings settings, EventBatch batch)
    {
        var moved = new EventBatch(settings, batch.Bytes, batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            if (!EventBatch.FitsAlone(batch.EventAt(i), settings))
            {
                Reject(batch, i, RokuEventsClient.TooLarge(batch.EventAt(i).Length, settings).ToString(), "too_large");
                continue;
            }

            if (!moved.HasRoomFor(batch.EventAt(i).Length, settings.Options.Batch))
            {
                yield return moved;
                moved = new EventBatch(settings, expectedEvents: batch.Count - i);
            }

            moved.AppendFrom(batch, i);
        }

        yield return moved;
    }

    private void Reject(EventBatch batch, Dictionary<int, string> rejected, string code)
    {
        foreach (var (position, reason) in rejected)
        {
            Reject(batch, position, reason, code);
        }
    }

    private void Reject(EventBatch batch, int position, string reason, string code)
    {
        Rejections.Add(new Rejection(batch.OrdinalAt(position), batch.IdAt(position), reason, code, batch.Attempts));
        Rejected ??= new EventBatch(whole.Settings);
        Rejected.AppendFrom(batch, position);
    }

    // Position in the batch → reason; false when a failure fits no event.
    private bool Match(EventBatch batch, RokuAnswer answer, bool isRefused, out Dictionary<int, string> matched)
    {
        matched = [];
        var allFit = true;
        var leavesOutZero = LeavesOutZero(answer);
        _positionsById = null;
        foreach (var failure in answer.Failures)
        {
            if (PositionOf(failure, batch, leavesOutZero, isRefused) is not { } position)
            {
                allFit = false;
            }
            else if (!matched.TryAdd(position, failure.Reason))
            {
                matched[position] += "; " + failure.Reason;
            }
        }

        return allFit;
    }

    // Some encodings leave out a zero: among entries with indexes, the one without is the first event.
    private static bool LeavesOutZero(RokuAnswer answer) =>
        answer.Failures.Count(failure => failure.Index is null) == 1
        && answer.Failures.Any(failure => failure.Index > 0)
        && answer.Failures.All(failure => failure.Index != 0);

    // An id speaks for itself, and an index where no id fits; where events share an id, both together.
    private int? PositionOf(RokuAnswer.Failure failure, EventBatch batch, bool leavesOutZero, bool isRefused)
    {
        int? index = failure.Index is { } at && at >= 0 && at < batch.Count ? at : null;
        if (failure.EventId is { } id)
        {
            if (index is { } both && batch.IdAt(both) == id)
            {
                return both;
            }

            if (PositionsById(batch).TryGetValue(id, out var position))
            {
                // Of a refused batch halving tells which of them is meant.
                return isRefused && _sharedIds.Contains(id) ? null : position;
            }
        }

        return index
            ?? (batch.Count == 1 || (leavesOutZero && failure is { Index: null, EventId: null }) ? 0 : null);
    }

    private Dictionary<string, int> PositionsById(EventBatch batch)
    {
        if (_positionsById is null)
        {
            _sharedIds.Clear();
            _positionsById = new Dictionary<string, int>(batch.Count);
            for (var i = 0; i < batch.Count; i++)
            {
                var id = batch.IdAt(i);
                if (!_positionsById.TryAdd(id, i))
                {
                    _sharedIds.Add(id);
                }
            }
        }

        return _positionsById;
    }

    // Code: the status of the answer, or what else stands for the reason in a metric.
    internal readonly record struct Rejection(int Ordinal, string EventId, string Reason, string Code, int Attempts);
}
