namespace Roku.Events.Concurrency;

// A thread that strands run on. Of all carriers one runs at a time: the one that was last handed the turn.
internal sealed class Carrier
{
    [ThreadStatic]
    private static Carrier? _ofThisThread;

    private readonly SemaphoreSlim _turn = new(0);
    private readonly Scheduler _scheduler;
    private Strand? _next;

    public Carrier(Scheduler scheduler)
    {
        _scheduler = scheduler;
        new Thread(Loop) { IsBackground = true }.Start();
    }

    public static Carrier? Current => _ofThisThread;

    public Scheduler Scheduler => _scheduler;

    // Gives the turn to this thread: to go on where it stands, or to begin a strand.
    public void Hand(Strand? beginning = null)
    {
        _next = beginning;
        _turn.Release();
    }

    public void AwaitTurn() => _turn.Wait();

    private void Loop()
    {
        _ofThisThread = this;
        while (true)
        {
            AwaitTurn();
            var strand = _next;
            while (strand is not null)
            {
                _next = null;
                strand = _scheduler.RunToEnd(strand, this);
            }
        }
    }
}
