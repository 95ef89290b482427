using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Roku.Events.Concurrency;

// One schedule's client with all that is around it, and the books that the checks keep beside its own.
internal sealed class World
{
    private static readonly RokuEvent[] Events = [.. Enumerable.Range(0, 40).Select(number => Event(number, null))];
    private static readonly RokuEvent[] LargeEvents = [.. Enumerable.Range(0, 40).Select(number => Event(number, new string('x', 900_000)))];

    // The drain gives up a sender that does not end within 250 milliseconds: threads are slow here, but not that slow.
    private static readonly TimeSpan ShortOfGrace = TimeSpan.FromSeconds(0.2);

    private readonly ServiceProvider _provider;
    private readonly IHostedLifecycleService _host;
    private readonly LiveOptions _options;
    private readonly bool _handsOver;

    public World(Scheduler scheduler, Scenario scenario)
    {
        Scheduler = scheduler;
        Server = new FakeServer(this);
        DeadLetters = new FakeHost(this);
        _handsOver = scenario.HandsOver;
        _options = new LiveOptions(scenario.Configure);
        var services = new ServiceCollection();
        var client = services.AddRokuEvents(static _ => { });
        if (_handsOver)
        {
            client.UseDeadLetterHandler((letters, _, cancellationToken) => DeadLetters.TakeAsync(letters, cancellationToken));
        }

        services.AddSingleton<TimeProvider>(scheduler.Clock);
        services.AddSingleton<IHttpClientFactory>(Server);
        services.AddSingleton<IOptionsMonitor<RokuEventsOptions>>(_options);
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        _provider = services.BuildServiceProvider();
        Dispatcher = _provider.GetRequiredService<IBatchDispatcher>();
        _host = _provider.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
    }

    public Scheduler Scheduler { get; }

    public FakeServer Server { get; }

    public FakeHost DeadLetters { get; }

    public IBatchDispatcher Dispatcher { get; }

    public RokuEventsOptions Options => _options.CurrentValue;

    // Ids handed to EnqueueAsync; taken by it; whose outcome a flush has waited for.
    public HashSet<string> Tried { get; } = [];

    public HashSet<string> Taken { get; } = [];

    public HashSet<string> Settled { get; } = [];

    public bool IsDrained { get; private set; }

    // Set by scenarios in which events may expire or be dropped while all is as it should be.
    public bool MayLose { get; set; }

    public void Actor(string name, Func<Task> act) => Scheduler.AddActor(name, act);

    public void Producer(string name, int first, int count, CancellationToken cancellationToken = default) => Actor(name, async () =>
    {
        for (var i = first; i < first + count; i++)
        {
            await EnqueueAsync(i, cancellationToken: cancellationToken);
        }
    });

    public async Task EnqueueAsync(int number, bool large = false, CancellationToken cancellationToken = default)
    {
        var id = $"e{number}";
        Tried.Add(id);
        var closed = IsDrained;
        try
        {
            await Dispatcher.EnqueueAsync((large ? LargeEvents : Events)[number], cancellationToken);
            Check(!closed, $"{id} was taken after the drain had finished");
            Taken.Add(id);
        }
        catch (ObjectDisposedException)
        {
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var before = Taken.ToArray();
        try
        {
            await Dispatcher.FlushAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        Settled.UnionWith(before);
        Check(MayLose || before.All(IsAnswered), "the flush returned before all was answered");
        Check(!_handsOver || MayLose || before.All(id => !Server.Rejected.Contains(id) || DeadLetters.Taken.Contains(id)), "the flush returned before all dead letters were handed over");
        Check(Dispatcher.Counts.Waiting <= Tried.Count - before.Length, "the flush returned and the books say that its events wait");
    }

    public Task Until(string name, Func<DispatcherCounts, bool> condition) => Scheduler.Until(name, () => condition(Dispatcher.Counts));

    public void Change(Action<RokuEventsOptions> change) => _options.Change(change);

    // A host that stops.
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        LimitHurry();
        await _host.StoppingAsync(CancellationToken.None);
        await _host.StoppedAsync(cancellationToken);
        IsDrained = true;
    }

    // A program without a host that ends.
    public async Task DisposeAsync()
    {
        LimitHurry();
        await _provider.DisposeAsync();
        IsDrained = true;
    }

    public void Check(bool condition, string failure)
    {
        if (!condition)
        {
            Scheduler.Fail(failure);
        }
    }

    // At every step.
    public void Observe()
    {
        var counts = Dispatcher.Counts;
        Check(counts.Accepted == counts.Delivered + counts.Rejected + counts.Expired + counts.Dropped + counts.Waiting, $"the books do not add up: {counts}");
        Check(counts.Waiting >= 0 && counts.WaitingBytes >= 0, $"less than nothing waits: {counts}");
    }

    // Null when the end is as it should be.
    public string? Finish(TimeSpan longest)
    {
        var counts = Dispatcher.Counts;
        var lost = counts.Expired + counts.Dropped;
        var lostTrack = Server.Unanswered.Count;
        return !IsDrained ? "nobody drained"
            : counts.Waiting != 0 || counts.WaitingBytes != 0 ? $"something waits at the end: {counts}"
            : counts.Accepted != Taken.Count ? $"{Taken.Count} were taken: {counts}"
            : counts.Delivered > Server.Accepted.Count || counts.Delivered < Server.Accepted.Count - lostTrack ? $"{Server.Accepted.Count} were accepted: {counts}"
            : counts.Rejected > Server.Rejected.Count || counts.Rejected < Server.Rejected.Count - lostTrack ? $"{Server.Rejected.Count} were rejected: {counts}"
            : lost > 0 && !MayLose && !Scheduler.Clock.IsHurried ? $"some were lost without need: {counts}"
            : counts.HandedOver > lost + counts.Rejected ? $"more was handed over than given up: {counts}"
            : _handsOver && !MayLose && DeadLetters.Taken.Count != counts.Rejected + lost ? $"{DeadLetters.Taken.Count} dead letters were taken: {counts}"
            : counts.HandedOver > DeadLetters.Taken.Count || (_handsOver && !MayLose && counts.HandedOver != DeadLetters.Taken.Count) ? $"{DeadLetters.Taken.Count} dead letters were taken: {counts}"
            : Taken.Count(id => !IsAnswered(id)) > lost ? $"some have no outcome: {counts}"
            : Scheduler.Clock.Elapsed > longest && !Scheduler.Clock.IsHurried ? $"it took {Scheduler.Clock.Elapsed}: somebody was not woken when he should have been"
            : null;
    }

    private static RokuEvent Event(int number, string? name) => RokuEvent.Create(EventName.Purchase)
        .From(EventSource.Website)
        .WithId($"e{number}")
        .At(DateTimeOffset.UnixEpoch.AddYears(56))
        .WithUser(user => user.Email("jane@example.com"))
        .WithCustomData(data => data.ContentName(name))
        .Build();

    private void LimitHurry()
    {
        var limit = Scheduler.Clock.Elapsed + ShortOfGrace;
        if (limit < Scheduler.Clock.HurryUntil)
        {
            Scheduler.Clock.HurryUntil = limit;
        }
    }

    private bool IsAnswered(string id) => Server.Accepted.Contains(id) || Server.Rejected.Contains(id);
}
