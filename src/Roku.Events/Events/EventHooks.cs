namespace Roku.Events;

// One hook of a host: sync or async, never both.
internal sealed class EventHook
{
    public EventHook(Func<RokuEvent, IServiceProvider, RokuEvent?> run) => Run = run;

    public EventHook(Func<RokuEvent, IServiceProvider, CancellationToken, ValueTask<RokuEvent?>> runAsync) => RunAsync = runAsync;

    public Func<RokuEvent, IServiceProvider, RokuEvent?>? Run { get; }

    public Func<RokuEvent, IServiceProvider, CancellationToken, ValueTask<RokuEvent?>>? RunAsync { get; }
}

// What every event of a client passes before it is queued or sent: the host's hooks in their order, then the rule for
// limited data use. Null is a veto.
internal sealed class EventHooks(IReadOnlyList<EventHook> hooks, IServiceProvider services, bool dropsDeviceIdentifiers)
{
    public bool AreAsync { get; } = hooks.Any(static hook => hook.RunAsync is not null);

    public RokuEvent? Apply(RokuEvent rokuEvent)
    {
        var passed = rokuEvent;
        for (var i = 0; i < hooks.Count && passed is not null; i++)
        {
            passed = hooks[i].Run!(passed, services);
        }

        return Limit(passed);
    }

    public async ValueTask<RokuEvent?> ApplyAsync(RokuEvent rokuEvent, CancellationToken cancellationToken)
    {
        var passed = rokuEvent;
        for (var i = 0; i < hooks.Count && passed is not null; i++)
        {
            passed = hooks[i].Run is { } run
                ? run(passed, services)
                : await hooks[i].RunAsync!(passed, services, cancellationToken).ConfigureAwait(false);
        }

        return Limit(passed);
    }

    private RokuEvent? Limit(RokuEvent? rokuEvent) =>
        dropsDeviceIdentifiers && rokuEvent is { LimitedDataUse: true } ? rokuEvent.WithoutDeviceIdentifiers() : rokuEvent;
}
