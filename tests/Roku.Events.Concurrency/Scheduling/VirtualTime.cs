namespace Roku.Events.Concurrency;

// A clock that moves from one timer to the next: when nothing else can go on, or sooner when a strategy hurries it, as
// threads may be slow. What is due goes to the pool, like the callbacks of real timers.
internal sealed class VirtualTime(Scheduler scheduler) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    private readonly List<Timer> _armed = [];
    private long _now;

    // How far a strategy may hurry the clock.
    public TimeSpan HurryUntil { get; set; }

    // Whether it has moved while something could go on.
    public bool IsHurried { get; set; }

    public TimeSpan Elapsed => new(_now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    // The strand that moves the clock to the next timer.
    public Strand? Next => _armed.Count == 0 ? null : _armed[0].Strand;

    public bool MayHurry => _armed[0].Due <= HurryUntil.Ticks;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Arm(Timer timer, TimeSpan dueTime)
    {
        timer.Due = _now + dueTime.Ticks;
        timer.Strand = new Strand(0, $"clock to {new TimeSpan(timer.Due)}", () => Fire(timer)) { IsTimer = true };
        var at = _armed.FindIndex(other => other.Due > timer.Due);
        _armed.Insert(at < 0 ? _armed.Count : at, timer);
    }

    private void Fire(Timer timer)
    {
        _armed.Remove(timer);
        _now = Math.Max(_now, timer.Due);
        scheduler.Add("timer", timer.Ring);
        if (timer.Period > TimeSpan.Zero)
        {
            Arm(timer, timer.Period);
        }
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; set; }

        public TimeSpan Period { get; private set; }

        public Strand? Strand { get; set; }

        private bool IsDisposed { get; set; }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (IsDisposed)
            {
                return false;
            }

            time._armed.Remove(this);
            Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time.Arm(this, dueTime);
            }

            return true;
        }

        public void Dispose()
        {
            IsDisposed = true;
            time._armed.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
