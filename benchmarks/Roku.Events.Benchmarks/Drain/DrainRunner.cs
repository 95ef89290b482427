using System.Diagnostics;
using System.Globalization;

namespace Roku.Events.Benchmarks.Drain;

/// <summary>How many events per second reach a sink that costs next to nothing.</summary>
public static class DrainRunner
{
    private const int Rounds = 7;

    /// <summary>Runs every contender once with a few events, against a sink in this process.</summary>
    public static async Task SmokeAsync()
    {
        await using var sink = await Sink.StartAsync();
        await MeasureAsync(sink.Address, [Load.Retail(2_000), Load.Small(2_000)], rounds: 1);
    }

    internal static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var events = args is ["--events", var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 1_000_000;
        using var process = StartSink();
        var address = new Uri((await process.StandardOutput.ReadLineAsync())!);

        // The sink ends when its input does.
        try
        {
            await MeasureAsync(address, [Load.Retail(events / 10), Load.Small(events)], Rounds);
        }
        finally
        {
            process.StandardInput.Close();
        }

        return 0;
    }

    private static async Task MeasureAsync(Uri sink, IReadOnlyList<Load> loads, int rounds)
    {
        await using var services = Client.Create(sink);
        using var plain = new HttpClient();
        var contenders = Contender.All(sink, services, plain);
        foreach (var load in loads)
        {
            var results = contenders.ToDictionary(contender => contender, _ => new List<Result>());

            // All take their turn in every round, so that a noisy minute hits all alike. The first round warms up.
            for (var round = 0; round <= rounds; round++)
            {
                foreach (var contender in contenders)
                {
                    var result = await MeasureAsync(contender, load);
                    if (round > 0)
                    {
                        results[contender].Add(result);
                    }
                }
            }

            Print(load, contenders, results);
        }
    }

    private static async Task<Result> MeasureAsync(Contender contender, Load load)
    {
        var events = Math.Max(1_000, (int)(load.Events * contender.Share));
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        await contender.SendAsync(load, events);
        var seconds = clock.Elapsed.TotalSeconds;
        return new Result(events / seconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)events);
    }

    private static void Print(Load load, Contender[] contenders, Dictionary<Contender, List<Result>> results)
    {
        Console.WriteLine($"{load.Name}: {load.Events:N0}, {load.Body.Length / 1_000:N0} bytes each; medians of {results[contenders[0]].Count} rounds");
        Console.WriteLine($"{"",-26}{"events/s",12}{"spread",18}{"B/event",10}{"  4 producers are",18}");
        foreach (var contender in contenders)
        {
            var rates = results[contender].ConvertAll(result => result.EventsPerSecond);

            // Of each round, because what disturbs one contender of a round is likely to disturb its neighbours.
            var ratio = Median(results[contenders[0]].Zip(rates, (ours, theirs) => ours.EventsPerSecond / theirs));
            Console.WriteLine($"{contender.Name,-26}{Median(rates),12:N0}{$"{rates.Min() / 1000:N0}k - {rates.Max() / 1000:N0}k",18}{Median(results[contender].Select(result => result.BytesPerEvent)),10:N0}{ratio,15:N2} x");
        }

        Console.WriteLine();
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static Process StartSink()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(DrainRunner).Assembly.Location);
        }

        start.ArgumentList.Add("sink");
        return Process.Start(start)!;
    }

    private sealed record Result(double EventsPerSecond, double BytesPerEvent);
}
