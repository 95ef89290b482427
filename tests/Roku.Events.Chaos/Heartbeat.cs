using System.Diagnostics;

namespace Roku.Events.Chaos;

// Beats on the thread pool: a library that blocks threads makes it stop, or makes the pool grow.
internal sealed class Heartbeat : IDisposable
{
    private const int MostThreads = 64;
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(10);

    private readonly Timer _timer;
    private readonly object _lock = new();
    private long _last = Stopwatch.GetTimestamp();
    private TimeSpan _gap;
    private int _threads;

    public Heartbeat() => _timer = new Timer(static beat => ((Heartbeat)beat!).Beat(), this, 0, 50);

    public string? Problem()
    {
        lock (_lock)
        {
            var (gap, threads) = (_gap, _threads);
            (_gap, _threads) = (default, 0);
            return gap > LongestGap ? $"the thread pool was stuck for {gap}"
                : threads > MostThreads ? $"the thread pool grew to {threads} threads"
                : null;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        lock (_lock)
        {
            var gap = Stopwatch.GetElapsedTime(_last);
            _last = Stopwatch.GetTimestamp();
            _gap = gap > _gap ? gap : _gap;
            _threads = Math.Max(_threads, ThreadPool.ThreadCount);
        }
    }
}
