namespace Roku.Events.Concurrency;

// The host's handler of dead letters.
internal sealed class FakeHost(World world)
{
    private int _busy;
    private int _calls;

    // By number of the call, from 1: Unavailable throws.
    public Func<int, Reply> Script { get; set; } = _ => Reply.Accept;

    public Func<bool> HoldUntil { get; set; } = () => true;

    public HashSet<string> Taken { get; } = [];

    public async Task TakeAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var reply = Script(++_calls);
        world.Check(!world.IsDrained, "a dead letter after the drain had finished");
        world.Check(++_busy == 1, "dead letters are handed over side by side");
        foreach (var letter in letters)
        {
            world.Check(!Taken.Contains(letter.EventId), $"{letter.EventId} is handed over again");
            world.Check(world.Tried.Contains(letter.EventId), $"{letter.EventId} was never enqueued");
            world.Check(letter.Outcome != EventOutcome.Rejected || world.Server.Rejected.Contains(letter.EventId), $"{letter.EventId} was not rejected");
            world.Check(letter.Outcome != EventOutcome.Expired || !world.Server.Accepted.Contains(letter.EventId), $"{letter.EventId} has arrived and expires");
        }

        await Task.Yield();
        switch (reply)
        {
            case Reply.HangForGood:
                _busy--;
                await new TaskCompletionSource().Task;
                break;
            case Reply.Hang:
                _busy--;
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case Reply.Hold:
                await world.Scheduler.Until("let go", HoldUntil);
                break;
            case Reply.Unavailable:
                _busy--;
                throw new IOException("The disk is full.");
        }

        _busy--;
        Taken.UnionWith(letters.Select(letter => letter.EventId));
    }
}
