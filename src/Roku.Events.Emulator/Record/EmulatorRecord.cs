namespace Roku.Events.Emulator;

internal sealed class EmulatorRecord(int maxEvents, int maxRequests)
{
    private readonly object _gate = new();
    private readonly Ring<ReceivedEvent> _events = new(maxEvents);
    private readonly Ring<ReceivedRequest> _requests = new(maxRequests);
    private readonly Queue<EmulatorFault> _scripted = new();
    private readonly RecentIds _recent = new(maxEvents);
    private readonly string _instance = Guid.NewGuid().ToString("N")[..8];
    private TaskCompletionSource? _change;
    private LiveFigures? _figures;
    private RecordTotals _totals;
    private long _clears;

    public RecordTotals Totals
    {
        get
        {
            lock (_gate)
            {
                return _totals;
            }
        }
    }

    public ReceivedEvent[] Events()
    {
        lock (_gate)
        {
            return _events.From(_events.First, _events.Count);
        }
    }

    public ReceivedRequest[] Requests()
    {
        lock (_gate)
        {
            return _requests.From(_requests.First, _requests.Count);
        }
    }

    public ReceivedEvent? FindEvent(long number)
    {
        lock (_gate)
        {
            return _events.Find(number);
        }
    }

    public void Add(ReceivedRequest request, IReadOnlyList<ReceivedEvent> accepted, int rejected)
    {
        lock (_gate)
        {
            _totals.Requests++;
            _totals.Accepted += accepted.Count;
            _totals.Rejected += rejected;
            _requests.Add(request);
            _figures?.Add(request);

            foreach (var received in accepted)
            {
                received.IsDuplicate = _recent.IsRepeat(received);
                _totals.Duplicated += received.IsDuplicate ? 1 : 0;
                _events.Add(received);
                _figures?.Add(received);
            }

            SignalChange();
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
            _totals = default;
            _figures = _figures is null ? null : new();
            _clears++;
            SignalChange();
        }
    }

    // Figures cost a look into each event, so they are kept from when a page can be opened.
    public void KeepFigures()
    {
        lock (_gate)
        {
            if (_figures is null)
            {
                _figures = new();
                Array.ForEach(_requests.From(_requests.First, _requests.Count), _figures.Add);
                Array.ForEach(_events.From(_events.First, _events.Count), _figures.Add);
            }
        }
    }

    public void TellPages()
    {
        lock (_gate)
        {
            SignalChange();
        }
    }

    // Ends with the next change. Ask for it before reading, or a change in between goes unseen.
    public Task NextChange()
    {
        lock (_gate)
        {
            return (_change ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public LiveSlice ReadAfter(LiveCursor cursor, int max)
    {
        lock (_gate)
        {
            var epoch = $"{_instance}-{_clears}";
            var isReset = cursor.Epoch != epoch;
            var from = isReset ? new LiveCursor(epoch, _events.Last - _totals.Accepted, _requests.Last - _totals.Requests, 0) : cursor;
            var events = _events.From(from.Event + 1, max);
            var requests = _requests.From(from.Request + 1, max);
            var firstEvent = Math.Max(from.Event + 1, _events.First);
            var firstRequest = Math.Max(from.Request + 1, _requests.First);
            return new LiveSlice
            {
                IsReset = isReset,
                FirstEvent = firstEvent,
                Events = events,
                Forgotten = firstEvent - from.Event - 1,
                FirstRequest = firstRequest,
                Requests = requests,
                Totals = _totals,
                Figures = _figures?.ToJson(from.Figures),
                Next = new(epoch, firstEvent + events.Length - 1, firstRequest + requests.Length - 1, _figures?.Version ?? 0),
                HasMore = firstEvent + events.Length - 1 < _events.Last || firstRequest + requests.Length - 1 < _requests.Last,
            };
        }
    }

    private void SignalChange()
    {
        _change?.SetResult();
        _change = null;
    }
}

internal struct RecordTotals
{
    public long Requests;
    public long Accepted;
    public long Duplicated;
    public long Rejected;
}
