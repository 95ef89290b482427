namespace Roku.Events;

// SQLite has no asynchronous calls, so one thread of its own waits for the disk and no other does. Whatever callers ask for
// meanwhile is done in one transaction next: many appends share one commit.
internal sealed class SqliteOutbox : IDurableOutbox
{
    private const int Patience = 64;
    private const int CommitsBetweenShrinking = 16;

    private readonly OutboxFile _file;
    private readonly object _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _lock.
    private List<Request> _waiting = [];
    private bool _closed;
    private int _commits;

    public SqliteOutbox(OutboxFile file)
    {
        _file = file;
        new Thread(Run) { IsBackground = true, Name = "Roku.Events outbox" }.Start();
    }

    public long MaxBytes => _file.MaxBytes;

    public Task<bool> AppendAsync(ReadOnlyMemory<byte> json, DateTimeOffset enqueuedAt, CancellationToken cancellationToken) =>
        DoAsync(true, file => file.Append(json, enqueuedAt), cancellationToken);

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        DoAsync(false, static file => file.Status(), cancellationToken);

    public Task<OutboxLease?> TakeAsync(int maxEvents, int maxBytes, CancellationToken cancellationToken) =>
        DoAsync<OutboxLease?>(true, file => file.Take(maxEvents, maxBytes), cancellationToken);

    public Task RenewAsync(OutboxLease lease, CancellationToken cancellationToken) =>
        DoAsync(true, file => file.Renew((SqliteLease)lease), cancellationToken);

    public Task CompleteAsync(OutboxLease lease, KeptEvents kept, CancellationToken cancellationToken) =>
        DoAsync(true, file => file.Complete((SqliteLease)lease, kept), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.Pulse(_lock);
        }

        await _ended.Task.ConfigureAwait(false);
    }

    private Task<T> DoAsync<T>(bool writes, Func<OutboxFile, T> work, CancellationToken cancellationToken)
    {
        var request = new Request<T>(writes, work, cancellationToken);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Add(request);
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_lock);
            }
        }

        return request.Task;
    }

    private void Run()
    {
        var round = new List<Request>();
        while (Next(round) is { } requests)
        {
            round = requests;
            round.RemoveAll(request => request.IsGivenUp);
            if (round.Count > 0)
            {
                Do(round);
            }
        }

        _file.Dispose();
        _ended.SetResult();
    }

    // All that wait; null when there will be no more.
    private List<Request>? Next(List<Request> last)
    {
        // Callers that the last commit has set free come back a moment later: the next one should have them all.
        for (var i = 0; i < Patience && Volatile.Read(ref _waiting).Count < last.Count; i++)
        {
            Thread.Yield();
        }

        last.Clear();
        lock (_lock)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return null;
                }

                Monitor.Wait(_lock);
            }

            (var round, _waiting) = (_waiting, last);
            return round;
        }
    }

    private void Do(List<Request> round)
    {
        try
        {
            var writes = round.Exists(request => request.Writes);
            _file.Do(writes, file =>
            {
                foreach (var request in round)
                {
                    request.Do(file);
                }
            });
            foreach (var request in round)
            {
                request.Succeed();
            }

            if (!writes || ++_commits % CommitsBetweenShrinking == 0)
            {
                _file.GiveBackPages();
            }
        }
        catch (Exception exception)
        {
            var error = _file.Describe(exception) ?? exception;
            foreach (var request in round)
            {
                request.Fail(error);
            }
        }
    }

    private abstract class Request(bool writes)
    {
        public bool Writes => writes;

        public abstract bool IsGivenUp { get; }

        public abstract void Do(OutboxFile file);

        public abstract void Succeed();

        public abstract void Fail(Exception exception);
    }

    private sealed class Request<T>(bool writes, Func<OutboxFile, T> work, CancellationToken cancellationToken) : Request(writes)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Task => _done.Task;

        public override bool IsGivenUp
        {
            get
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    _done.TrySetCanceled(cancellationToken);
                    return true;
                }

                return false;
            }
        }

        public override void Do(OutboxFile file) => _result = work(file);

        public override void Succeed() => _done.TrySetResult(_result);

        public override void Fail(Exception exception) => _done.TrySetException(exception);
    }
}

internal sealed class SqliteLease(long id, long first, long last, long bytes, IReadOnlyList<StoredEvent> events, IReadOnlyList<long> rows) : OutboxLease((UInt128)first, events)
{
    public long Id => id;

    public long FirstRow => first;

    public long LastRow => last;

    public long Bytes => bytes;

    public IReadOnlyList<long> Rows => rows;
}
