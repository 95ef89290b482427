using System.Globalization;
using Roku.Events.Chaos;

// Sends many events through seeded random faults and settles what became of each. See README.md, "Testing your code".
//   --seeds N      seeds 1 to N (20)          --seed S       this seed alone
//   --events N     events a seed (10,000)     --producers P  threads that enqueue (8)
//   --poison K     instead: K bad events among 1,000, and the requests it takes to find them
var options = Arguments.Read(args);
if (options.Poison is { } poison)
{
    return await PoisonRun.RunAsync(poison);
}

var unobserved = 0;
TaskScheduler.UnobservedTaskException += (_, e) =>
{
    Interlocked.Increment(ref unobserved);
    Console.WriteLine($"unobserved: {e.Exception}");
};
using var heartbeat = new Heartbeat();
var total = new Tally();
var failed = 0;
foreach (var seed in options.Seeds)
{
    var run = new ChaosRun(seed, options.Events, options.Producers);
    var tally = run.Tally;
    try
    {
        await run.RunAsync();
    }
    catch (Exception exception)
    {
        tally.Problems.Add(exception.ToString());
    }

    GC.Collect();
    GC.WaitForPendingFinalizers();
    if (heartbeat.Problem() is { } problem)
    {
        tally.Problems.Add(problem);
    }

    if (Interlocked.Exchange(ref unobserved, 0) > 0)
    {
        tally.Problems.Add("an exception was not observed");
    }

    Console.WriteLine($"seed {seed,4}: {tally}");
    foreach (var found in tally.Problems.Take(10))
    {
        Console.WriteLine($"  FAILED {found}");
    }

    if (!tally.IsRight)
    {
        failed++;
        Console.WriteLine($"  repeat with: dotnet run -c Release --project tests/Roku.Events.Chaos -- --seed {seed} --events {options.Events} --producers {options.Producers}");
    }

    total.Add(tally);
}

Console.WriteLine($"handed over: {total.HandedOver}; reported as not taken by the handler: {total.NotTaken}");
Console.WriteLine($"seeds={options.Seeds.Count} {total}");
return failed == 0 ? 0 : 1;

internal sealed record Arguments(IReadOnlyList<int> Seeds, int Events, int Producers, int? Poison)
{
    public static Arguments Read(string[] args)
    {
        var values = new Dictionary<string, int>();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            values[args[i]] = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
        }

        if (args.Length % 2 != 0 || values.Keys.Except(["--seeds", "--seed", "--events", "--producers", "--poison"]).Any())
        {
            throw new ArgumentException("Known arguments: --seeds N, --seed S, --events N, --producers P, --poison K.");
        }

        IReadOnlyList<int> seeds = values.TryGetValue("--seed", out var seed) ? [seed] : [.. Enumerable.Range(1, values.GetValueOrDefault("--seeds", 20))];
        return new(seeds, values.GetValueOrDefault("--events", 10_000), values.GetValueOrDefault("--producers", 8), values.TryGetValue("--poison", out var poison) ? poison : null);
    }
}
