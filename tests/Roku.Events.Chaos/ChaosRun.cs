using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Roku.Events.Emulator;

namespace Roku.Events.Chaos;

// One seed: a client with random options before an emulator with random faults, on a clock that runs fast.
internal sealed class ChaosRun
{
    private const long OwnBytes = 16 * 1024 * 1024;
    private const long DriverBytes = 48 * 1024 * 1024;
    private const string Key = "the-right-key";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly int _events;
    private readonly int _producers;
    private readonly Random _random;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly Book _book;
    private readonly bool _overNetwork;
    private readonly bool _keyIsWrongAtFirst;
    private readonly bool _closesEarly;
    private readonly Dictionary<string, string?> _settings;
    private readonly int _padding;
    private volatile bool _isClosing;

    public ChaosRun(int seed, int events, int producers)
    {
        _events = events;
        _producers = producers;
        _random = new Random(seed);
        _overNetwork = seed % 3 == 0;
        _keyIsWrongAtFirst = _random.Next(4) == 0;
        _closesEarly = _random.Next(5) == 0;
        _padding = _random.Next(3) == 0 ? 2_000 : 20;
        _book = new Book(handlerThrows: _random.Next(3) == 0, seed);
        _settings = new()
        {
            ["Roku:ApiKey"] = _keyIsWrongAtFirst ? "a-wrong-key" : Key,
            ["Roku:EventGroupId"] = "Pacc12345678",
            ["Roku:Batch:MaxEvents"] = One("1", "7", "100", "1000"),
            ["Roku:Batch:MaxBytes"] = One("10000", "100000", "1000000"),
            ["Roku:Batch:MaxAge"] = One("00:00:01", "00:01:00", "00:05:00"),
            ["Roku:Queue:MaxBytes"] = One("4194304", "67108864"),
            ["Roku:Queue:WhenFull"] = One("Wait", "Wait", "DropOldest", "DropNewest"),
            ["Roku:Delivery:MaxConcurrentRequests"] = One("1", "4", "16"),
            ["Roku:Delivery:MaxRetries"] = One("0", "1", "3"),
            ["Roku:Delivery:MaxRetryDelay"] = One("00:00:01", "00:00:30", "00:10:00"),
            ["Roku:Delivery:MaxEventAge"] = One("00:10:00", "1.00:00:00", "1.00:00:00"),
            ["Roku:Delivery:DrainTimeout"] = One("00:00:00", "00:00:25", "00:01:00"),
            ["Roku:Delivery:WithPixel"] = One("false", "true"),
            ["Roku:Delivery:WhenLate"] = One("Send", "HandOver"),
        };
    }

    public Tally Tally { get; } = new();

    public async Task RunAsync()
    {
        var baseline = GC.GetTotalMemory(forceFullCollection: true);
        await using var emulator = new RokuEmulator(
            new RokuEmulatorOptions
            {
                ApiKey = Key,
                MaxRememberedEvents = int.MaxValue,
                MaxRememberedRequests = 0,
                RefuseWhen = Book.RefuseWhen,
                Rejection = _random.Next(2) == 0 ? RejectionMode.Partial : RejectionMode.WholeBatch,
                FailedEvents = (FailedEventsShape)_random.Next(Enum.GetValues<FailedEventsShape>().Length),
            },
            _clock)
        {
            Faults = new EmulatorFaultPlan(_random.Next(), _random.NextDouble() * 0.7),
        };
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(_settings);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(_clock);
        var builder = services.AddRokuEvents().UseDeadLetterHandler((letters, _, cancellationToken) => _book.TakeAsync(letters, cancellationToken));
        if (_overNetwork)
        {
            configuration["Roku:Endpoint"] = (await emulator.ListenAsync()).ToString();
        }
        else
        {
            builder.UseEmulator(emulator);
        }

        using var ended = new CancellationTokenSource();
        using var lost = new LostLetters();
        var provider = services.BuildServiceProvider();
        var dispatcher = provider.GetRequiredService<IBatchDispatcher>();
        var clock = RunClockAsync(ended.Token);
        var watch = WatchAsync(dispatcher, baseline, ended.Token);
        var producing = Task.WhenAll(Enumerable.Range(0, _producers).Select(producer => Task.Run(() => ProduceAsync(dispatcher, producer, _random.Next()))));

        if (_keyIsWrongAtFirst)
        {
            await Task.Delay(100);
            configuration["Roku:ApiKey"] = Key;
            ((IConfigurationRoot)configuration).Reload();
        }

        if (_closesEarly)
        {
            await Task.WhenAny(producing, Task.Delay(200));
        }
        else
        {
            // An outage that never ends would keep callers waiting for room for ever.
            await Task.WhenAny(producing, Task.Delay(TimeSpan.FromSeconds(4)));
            emulator.Faults = null;
            await InTimeAsync(producing, "the producers wait");
            await InTimeAsync(dispatcher.FlushAsync(), "the flush waits");
        }

        _isClosing = true;
        await InTimeAsync(provider.DisposeAsync().AsTask(), "disposal waits");
        await InTimeAsync(producing, "the producers wait after disposal");
        await ended.CancelAsync();
        await Task.WhenAll(clock, watch);

        // A server that was left behind may still be accepting what was cut off.
        await emulator.DisposeAsync();
        Settle(dispatcher.Counts, lost.Value, emulator);
    }

    private void Settle(DispatcherCounts counts, long lettersLost, RokuEmulator emulator)
    {
        Tally.Events = (long)_events;
        (Tally.Accepted, Tally.Delivered, Tally.Rejected, Tally.Expired, Tally.Dropped) =
            (counts.Accepted, counts.Delivered, counts.Rejected, counts.Expired, counts.Dropped);
        if (!AddsUp(counts) || counts.Waiting != 0)
        {
            Tally.Problems.Add($"the books do not close: {counts}");
        }

        _book.Settle(Tally, counts, lettersLost, emulator);
    }

    private async Task ProduceAsync(IBatchDispatcher dispatcher, int producer, int seed)
    {
        var random = new Random(seed);
        var count = (_events / _producers) + (producer < _events % _producers ? 1 : 0);
        for (var i = 0; i < count; i++)
        {
            var id = Book.IdOf(producer, i, bad: random.Next(200) == 0);
            try
            {
                if (await EnqueueAsync(dispatcher, Event(id), random))
                {
                    _book.Accepted(id);
                }
            }
            catch (ObjectDisposedException) when (_closesEarly)
            {
                return;
            }

            if (random.Next(2_000) == 0)
            {
                using var impatient = new CancellationTokenSource(5);
                await dispatcher.FlushAsync(impatient.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Most callers wait, some only for a moment, some not at all.
    private static async Task<bool> EnqueueAsync(IBatchDispatcher dispatcher, RokuEvent rokuEvent, Random random)
    {
        switch (random.Next(20))
        {
            case 0:
                return dispatcher.TryEnqueue(rokuEvent);
            case 1:
                try
                {
                    using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(2));
                    await dispatcher.EnqueueAsync(rokuEvent, impatient.Token);
                    return true;
                }
                catch (OperationCanceledException)
                {
                    return false;
                }

            default:
                await dispatcher.EnqueueAsync(rokuEvent);
                return true;
        }
    }

    private RokuEvent Event(string id) => RokuEvent.Create(EventName.Purchase, timeProvider: _clock)
        .From(EventSource.Website)
        .WithId(id)
        .WithUser(user => user.RokuAdvertisingId("rida"))
        .WithCustomData(data => data.Value(1, "USD").Status(new string('s', _padding)))
        .Build();

    // Over the network a minute of the clock is not enough for an answer, nor is a moment at the end for the dead letters:
    // slower there.
    private async Task RunClockAsync(CancellationToken cancellationToken)
    {
        var step = TimeSpan.FromMilliseconds(_overNetwork ? 100 : 1_000);
        var lastStep = TimeSpan.FromMilliseconds(_settings["Roku:Delivery:DrainTimeout"] == "00:00:00" ? 1 : 50);
        while (!cancellationToken.IsCancellationRequested)
        {
            _clock.Advance(_isClosing ? lastStep : step);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private async Task WatchAsync(IBatchDispatcher dispatcher, long baseline, CancellationToken cancellationToken)
    {
        var maxBytes = long.Parse(_settings["Roku:Queue:MaxBytes"]!, System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var counts = dispatcher.Counts;
            if (!AddsUp(counts))
            {
                Tally.Problems.Add($"the books do not add up: {counts}");
            }

            if (counts.WaitingBytes > maxBytes)
            {
                Tally.Problems.Add($"the queue holds {counts.WaitingBytes} bytes, {maxBytes} are allowed");
            }

            // What the emulator and this driver remember, and what garbage there is meanwhile, comes on top.
            var memory = i % 200 == 199 ? GC.GetTotalMemory(forceFullCollection: true) - baseline : 0;
            if (memory > maxBytes + OwnBytes + DriverBytes)
            {
                Tally.Problems.Add($"{memory / 1_000_000} MB of memory are in use");
            }

            await Task.Delay(2, CancellationToken.None);
        }
    }

    private async Task InTimeAsync(Task task, string problem)
    {
        if (await Task.WhenAny(task, Task.Delay(Patience)) != task)
        {
            throw new TimeoutException($"{problem} (options: {string.Join(", ", _settings)})");
        }

        await task;
    }

    private static bool AddsUp(DispatcherCounts counts) =>
        counts.Accepted == counts.Delivered + counts.Rejected + counts.Expired + counts.Dropped + counts.Waiting;

    private string One(params string[] values) => values[_random.Next(values.Length)];
}
