namespace Roku.Events.Emulator;

internal sealed class EmulatorRecord(int maxEvents, int maxRequests)
{
    private readonly object _gate = new();
    private readonly Queue<ReceivedEvent> _events = new();
    private readonly Queue<ReceivedRequest> _requests = new();
    private readonly Queue<EmulatorFault> _scripted = new();
    private readonly RecentIds _recent = new(maxEvents);
    private long _requestsReceived;
    private long _eventsAccepted;
    private long _eventsDuplicated;
    private long _eventsRejected;

    public long RequestsReceived => Read(ref _requestsReceived);

    public long EventsAccepted => Read(ref _eventsAccepted);

    public long EventsDuplicated => Read(ref _eventsDuplicated);

    public long EventsRejected => Read(ref _eventsRejected);

    public ReceivedEvent[] Events()
    {
        lock (_gate)
        {
            return [.. _events];
        }
    }

    public ReceivedRequest[] Requests()
    {
        lock (_gate)
        {
            return [.. _requests];
        }
    }

    public void Add(ReceivedRequest request, IReadOnlyList<ReceivedEvent> accepted, int rejected)
    {
        lock (_gate)
        {
            _requestsReceived++;
            _eventsAccepted += accepted.Count;
            _eventsRejected += rejected;
            Keep(_requests, request, maxRequests);

            foreach (var received in accepted)
            {
                received.IsDuplicate = _recent.IsRepeat(received);
                _eventsDuplicated += received.IsDuplicate ? 1 : 0;
                Keep(_events, received, maxEvents);
            }
        }
    }

    public void Script(EmulatorFault fault, int times)
    {
        lock (_gate)
        {
            for (var i = 0; i < times; i++)
            {
                _scripted.Enqueue(fault);
            }
        }
    }

    public EmulatorFault? NextScripted()
    {
        lock (_gate)
        {
            return _scripted.TryDequeue(out var fault) ? fault : null;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _events.Clear();
            _requests.Clear();
            _scripted.Clear();
            _recent.Clear();
            _requestsReceived = _eventsAccepted = _eventsDuplicated = _eventsRejected = 0;
        }
    }

    private static void Keep<T>(Queue<T> queue, T item, int max)
    {
        queue.Enqueue(item);
        if (queue.Count > max)
        {
            queue.Dequeue();
        }
    }

    private long Read(ref long total)
    {
        lock (_gate)
        {
            return total;
        }
    }
}
