namespace Roku.Events.Emulator;

// Roku counts two events with the same event_id (and name) within 10 minutes once (roku-api.md, "Deduplication").
internal sealed class RecentIds(int capacity)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Key, DateTimeOffset> _lastSeen = [];
    private readonly Queue<(Key Key, DateTimeOffset SeenAt)> _order = new();

    public bool IsRepeat(ReceivedEvent received)
    {
        Forget(received.ReceivedAt - Window);
        if (received.Id is null)
        {
            return false;
        }

        var key = new Key(received.EventGroupId, received.Name, received.Id);
        var repeat = _lastSeen.ContainsKey(key);
        _lastSeen[key] = received.ReceivedAt;
        _order.Enqueue((key, received.ReceivedAt));
        return repeat;
    }

    public void Clear()
    {
        _lastSeen.Clear();
        _order.Clear();
    }

    private void Forget(DateTimeOffset before)
    {
        while (_order.TryPeek(out var oldest) && (oldest.SeenAt < before || _order.Count >= Math.Max(capacity, 1)))
        {
            _order.Dequeue();

            // A later sighting of the same event has its own place in the queue.
            if (_lastSeen.TryGetValue(oldest.Key, out var last) && last == oldest.SeenAt)
            {
                _lastSeen.Remove(oldest.Key);
            }
        }
    }

    private readonly record struct Key(string EventGroupId, string Name, string Id);
}
