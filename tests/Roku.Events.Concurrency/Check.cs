using System.Globalization;

namespace Roku.Events.Concurrency;

internal static class Check
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.5);

    // All scenarios, as long as time allows.
    public static int Run(string? only, string? seed, int schedules, TimeSpan time)
    {
        var start = TimeProvider.System.GetTimestamp();
        var explorers = Explorers(only);
        for (var i = 0; i < explorers.Length; i++)
        {
            var explorer = explorers[i];
            if (seed is null)
            {
                explorer.Explore(schedules, (time - TimeProvider.System.GetElapsedTime(start)) / (explorers.Length - i));
            }
            else
            {
                explorer.Repeat(seed);
            }

            Write($"{explorer.Scenario.Name}: schedules={explorer.Schedules} steps={explorer.Steps} all={string.Join(',', explorer.Exhausted)}");
            WriteFailure(explorer);
        }

        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var (count, steps, failures) = (explorers.Sum(explorer => explorer.Schedules), explorers.Sum(explorer => explorer.Steps), explorers.Count(explorer => explorer.Failure is not null));
        Write($"{count / seconds:F0} schedules and {steps / seconds:F0} steps a second");
        Write($"scenarios={explorers.Length} schedules={count} steps={steps} failures={failures}");
        return failures == 0 ? 0 : 1;
    }

    // Until the first failure: a few schedules of each scenario, then more.
    public static int Find(string? only, TimeSpan time)
    {
        var start = TimeProvider.System.GetTimestamp();
        var explorers = Explorers(only);
        for (var schedules = 3; TimeProvider.System.GetElapsedTime(start) < time; schedules = Math.Min(schedules * 2, 300))
        {
            foreach (var explorer in explorers)
            {
                explorer.Explore(schedules, Slice);
                if (explorer.Failure is { } failure)
                {
                    WriteFailure(explorer);
                    Write($"found schedules={explorers.Sum(other => other.Schedules)} scenario=\"{explorer.Scenario.Name}\" seed={failure.Seed}: {failure.Text.Split('\n')[0]}");
                    return 1;
                }
            }
        }

        Write($"not found schedules={explorers.Sum(explorer => explorer.Schedules)}");
        return 0;
    }

    private static Explorer[] Explorers(string? only)
    {
        Explorer[] explorers = [.. Scenarios.All.Where(scenario => only is null || scenario.Name == only).Select(scenario => new Explorer(scenario))];
        return explorers.Length > 0 ? explorers : throw new ArgumentException($"'{only}' is no scenario.");
    }

    private static void WriteFailure(Explorer explorer)
    {
        if (explorer.Failure is { } failure)
        {
            Write($"  FAILED: {failure.Text}");
            Write($"  repeat: --scenario \"{explorer.Scenario.Name}\" --seed {failure.Seed}");
            Write($"{failure.Trace}");
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
