using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Roku.Events.Emulator;

namespace Roku.Events.KillTests;

// An order is one event, whatever event_id it is sent under: that is how a wrong id would be found out.
internal sealed class KillRun : IAsyncDisposable
{
    private const int MaxEvents = 100;
    private const int MaxConcurrentRequests = 4;
    private static readonly TimeSpan DeduplicationWindow = TimeSpan.FromMinutes(10);

    private readonly ISharedOutbox _outbox;
    private readonly int _workers;
    private readonly Random _random;
    private readonly RokuEmulator _emulator;
    private readonly ConcurrentDictionary<string, (string EventId, DateTimeOffset At)> _received = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private long _duplicates;
    private long _undeduplicable;
    private int _started;

    public KillRun(ISharedOutbox outbox, int workers, int seed)
    {
        _outbox = outbox;
        _workers = workers;
        _random = new Random(seed);
        _emulator = new RokuEmulator(new() { RefuseWhen = Receive, MaxRememberedEvents = 1_000, MaxRememberedRequests = 10 })
        {
            Faults = new EmulatorFaultPlan(seed, 0.5, [EmulatorFault.Delay(TimeSpan.FromMilliseconds(20)), EmulatorFault.Delay(TimeSpan.FromMilliseconds(100))]),
        };
    }

    public async Task<bool> RunAsync(int kills)
    {
        var endpoint = await _emulator.ListenAsync();
        var running = new List<Worker>();
        var failures = 0;
        for (var killed = 0; killed < kills;)
        {
            while (running.Count < _workers)
            {
                running.Add(Start(endpoint, "--Worker:Producers=8", "--Worker:Pause=2"));
            }

            await Task.WhenAll(running.Select(worker => worker.Started));
            await Task.Delay(_random.Next(400));
            var victim = running[_random.Next(running.Count)];
            running.Remove(victim);
            await victim.KillAsync();
            failures += _outbox.FailAfter(++killed) ? 1 : 0;
            if (killed % 10 == 0)
            {
                Console.WriteLine($"killed={killed} acknowledged={_acknowledged.Count} delivered={_received.Count}");
            }
        }

        foreach (var worker in running)
        {
            await worker.TerminateAsync();
        }

        var waiting = await DeliverTheRestAsync(endpoint);
        var lost = _acknowledged.Distinct().Count(order => !_received.ContainsKey(order));
        var inFlight = (long)(kills + (failures * _workers)) * MaxConcurrentRequests * MaxEvents;
        Console.WriteLine($"server_restarts={failures} left_in_outbox={waiting} duplicates_possible={inFlight}");
        Console.WriteLine($"kills={kills} acknowledged={_acknowledged.Count} delivered={_received.Count} lost={lost} duplicates={_duplicates} undeduplicable={_undeduplicable}");
        return lost == 0 && _undeduplicable == 0 && _duplicates <= inFlight && waiting == 0 && !_acknowledged.IsEmpty;
    }

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    // What the dead had leased comes free when their lease ends.
    private async Task<long> DeliverTheRestAsync(Uri endpoint)
    {
        var sender = Start(endpoint, "--Worker:Events=0", "--Roku:DispatchMode=SendOnly");
        await sender.Started;
        for (var patience = 0; patience < 600 && _acknowledged.Any(order => !_received.ContainsKey(order)); patience++)
        {
            await Task.Delay(100);
        }

        var counts = await sender.TerminateAsync();
        var waiting = counts.Split(' ').Single(part => part.StartsWith("waiting=", StringComparison.Ordinal));
        return long.Parse(waiting.AsSpan("waiting=".Length), CultureInfo.InvariantCulture);
    }

    private Worker Start(Uri endpoint, params string[] arguments) => new(_acknowledged, [
        "--Roku:ApiKey=key", "--Roku:EventGroupId=Pacc12345678", $"--Roku:Endpoint={endpoint}", $"--Roku:Batch:MaxEvents={MaxEvents}", "--Roku:Batch:MaxAge=00:00:01",
        $"--Roku:Delivery:MaxConcurrentRequests={MaxConcurrentRequests}", $"--Worker:Outbox={_outbox.Argument}", $"--Worker:Name=k{_started++}", .. arguments,
    ]);

    private string? Receive(JsonElement json)
    {
        var (order, id) = (json.GetProperty("custom_data").GetProperty("order_id").GetString()!, json.GetProperty("event_id").GetString()!);
        var now = DateTimeOffset.UtcNow;
        if (!_received.TryAdd(order, (id, now)))
        {
            Interlocked.Increment(ref _duplicates);
            if (_received[order].EventId != id || now - _received[order].At > DeduplicationWindow)
            {
                Interlocked.Increment(ref _undeduplicable);
            }
        }

        return null;
    }
}
