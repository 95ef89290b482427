namespace Roku.Events;

// What became of one batch: every event delivered or rejected, but for those in Remainder, which wait for a better time.
internal sealed class BatchDelivery
{
    private Dictionary<string, int>? _positionsById;

    public int Delivered { get; private set; }

    public List<Rejection> Rejections { get; } = [];

    // Failures that Roku reported and that fit no event of the batch.
    public List<string> Unmatched { get; } = [];

    // Why delivery stopped; null when it did not.
    public RokuAnswer? Obstacle { get; private set; }

    public void Accept(EventBatch batch, RokuAnswer answer)
    {
        var rejected = Match(batch, answer);
        Delivered += batch.Count - rejected.Count;
        Reject(batch, rejected);
    }

    // Rejects the events that the answer names and returns the others; null when it names none of the batch.
    public EventBatch? RejectNamed(EventBatch batch, RokuAnswer answer)
    {
        var rejected = Match(batch, answer);
        if (rejected.Count == 0)
        {
            return null;
        }

        Reject(batch, rejected);
        var rest = new EventBatch(batch.EnvelopeStart, expectedEvents: batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            if (!rejected.ContainsKey(i))
            {
                rest.AppendFrom(batch, i);
            }
        }

        return rest;
    }

    public void RejectAll(EventBatch batch, string reason)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            Rejections.Add(new Rejection(batch.OrdinalAt(i), batch.IdAt(i), reason));
        }
    }

    public void Stop(RokuAnswer obstacle) => Obstacle = obstacle;

    // A copy, because the batch may be a part that is given back soon.
    public void Keep(EventBatch batch)
    {
        Remainder ??= new EventBatch(batch.EnvelopeStart, batch.Bytes, batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            Remainder.AppendFrom(batch, i);
        }
    }

    public EventBatch? Remainder { get; private set; }

    private void Reject(EventBatch batch, Dictionary<int, string> rejected)
    {
        foreach (var (position, reason) in rejected)
        {
            Rejections.Add(new Rejection(batch.OrdinalAt(position), batch.IdAt(position), reason));
        }
    }

    // Position in the batch → reason. An id speaks for itself; an index is trusted when there is no id that fits.
    private Dictionary<int, string> Match(EventBatch batch, RokuAnswer answer)
    {
        var matched = new Dictionary<int, string>();
        _positionsById = null;
        foreach (var failure in answer.Failures)
        {
            int? position = PositionOf(failure.EventId, batch) is { } byId ? byId
                : failure.Index is { } index && index >= 0 && index < batch.Count ? index
                : batch.Count == 1 || IsFirstWithoutIndex(failure, answer) ? 0
                : null;
            if (position is null)
            {
                Unmatched.Add(failure.Reason);
            }
            else if (!matched.TryAdd(position.Value, failure.Reason))
            {
                matched[position.Value] += "; " + failure.Reason;
            }
        }

        return matched;
    }

    // Some encodings leave out a zero: among entries with indexes, the one without is the first event.
    private static bool IsFirstWithoutIndex(RokuAnswer.Failure failure, RokuAnswer answer) =>
        failure is { Index: null, EventId: null }
        && answer.Failures.Count(other => other.Index is null) == 1
        && answer.Failures.Any(other => other.Index > 0)
        && answer.Failures.All(other => other.Index != 0);

    private int? PositionOf(string? eventId, EventBatch batch)
    {
        if (eventId is null)
        {
            return null;
        }

        if (_positionsById is null)
        {
            _positionsById = new Dictionary<string, int>(batch.Count);
            for (var i = 0; i < batch.Count; i++)
            {
                _positionsById.TryAdd(batch.IdAt(i), i);
            }
        }

        return _positionsById.TryGetValue(eventId, out var position) ? position : null;
    }

    internal readonly record struct Rejection(int Ordinal, string EventId, string Reason);
}
