using System.Diagnostics;
using System.Globalization;

namespace Roku.Events.Benchmarks;

// The benchmarks of Enqueue, a thousand events of each in turn, hundreds of times over. On a machine that is shared, the
// median of such short turns is steady where the mean of a long run is not.
internal static class EnqueueRatios
{
    private const int Rounds = 400;
    private const int WarmUp = 200;

    public static async Task<int> RunAsync()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var bench = new Enqueue();
        bench.Setup();
        (string Name, Func<Task> Run, int Baseline)[] contenders =
        [
            ("JSON alone", () => Done(bench.JsonAlone), 0),
            ("enqueue", bench.EnqueuePrebuilt, 0),
            ("hashes and JSON alone", () => Done(bench.HashesAndJsonAlone), 2),
            ("build and enqueue", bench.BuildAndEnqueue, 2),
            ("by hand, to a channel", bench.ByHandToChannel, 2),
        ];
        var times = contenders.Select(_ => new List<double>()).ToArray();
        var allocated = new long[contenders.Length];
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var before = GC.GetTotalAllocatedBytes();
                var start = Stopwatch.GetTimestamp();
                await contenders[i].Run();
                if (round >= WarmUp)
                {
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Enqueue.Events);
                    allocated[i] += GC.GetTotalAllocatedBytes() - before;
                }
            }
        }

        await bench.Cleanup();
        Console.WriteLine($"{"a typical purchase",-24}{"ns/event",10}{"ratio",8}{"B/event",10}   (medians of {Rounds} turns of {Enqueue.Events:N0} events)");
        for (var i = 0; i < contenders.Length; i++)
        {
            var ratio = Median(times[i]) / Median(times[contenders[i].Baseline]);
            Console.WriteLine($"{contenders[i].Name,-24}{Median(times[i]),10:N0}{ratio,8:N2}{allocated[i] / (double)(Rounds * Enqueue.Events),10:N0}");
        }

        return 0;
    }

    private static Task Done(Action run)
    {
        run();
        return Task.CompletedTask;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
