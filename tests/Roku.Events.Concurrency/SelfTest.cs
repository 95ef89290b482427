using System.Diagnostics;
using System.Globalization;

namespace Roku.Events.Concurrency;

// Whether the check finds bugs: each in a process of its own, where the code under test is loaded without one of its calls
// or locks.
internal static class SelfTest
{
    private const int Seconds = 20;

    // Bugs that the check would be worth nothing without finding.
    private static readonly string[] MustBeFound =
    [
        "BatchDispatcher.Accept without its lock",
        "BatchDispatcher.Accept without ArmAgeTimer",
        "BatchDispatcher.TakeBatch without its lock",
        "BatchDispatcher.TakeBatch without StartSender",
        "BatchDispatcher.TakeBatch without RemoveSender",
        "BatchDispatcher.Settle without its lock",
        "BatchDispatcher.Settle without Holds",
        "BatchDispatcher.Settle without WakeWaiting",
        "BatchDispatcher.Settle without Change",
        "BatchDispatcher.OnAge without ArmAgeTimer",
        "BatchDispatcher.OnRetry without StartSender",
        "BatchDispatcher.Expire without WakeWaiting",
        "BatchDispatcher.OnSettingsChanged without StartSender",
        "BatchDispatcher.OnSettingsChanged without WakeWaiting",
        "BatchDispatcher.DeliverWhatWaitsAsync without WakeWaiting",
        "BatchDispatcher.EnqueueWhenThereIsRoomAsync without its lock",
        "BatchDispatcher.FlushAsync without its lock",
    ];

    public static int Run(bool all)
    {
        var found = 0;
        var missed = new List<string>();
        var names = all ? [.. Mutant.All(CodeUnderTest.Path).Select(mutant => mutant.Name)] : MustBeFound;
        foreach (var name in names)
        {
            var line = LastLine(name);
            Console.WriteLine($"{name}: {line}");
            if (line.StartsWith("found", StringComparison.Ordinal))
            {
                found++;
            }
            else
            {
                missed.Add(name);
            }
        }

        var failures = missed.Intersect(MustBeFound).Count();
        Console.WriteLine($"mutants={names.Length} found={found} failures={failures}");
        return failures == 0 ? 0 : 1;
    }

    private static string LastLine(string mutant)
    {
        using var check = Process.Start(new ProcessStartInfo("dotnet", [typeof(SelfTest).Assembly.Location, "--first", "--mutant", mutant, "--seconds", Seconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        return check.StandardOutput.ReadToEnd().TrimEnd().Split('\n')[^1];
    }
}
