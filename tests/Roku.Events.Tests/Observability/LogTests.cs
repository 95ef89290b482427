using System.Text.RegularExpressions;
using Roku.Events.Emulator;

namespace Roku.Events.Tests.Observability;

public sealed partial class LogTests
{
    [Fact]
    public async Task A_storm_of_like_lines_is_cut_off_for_the_rest_of_the_minute_and_other_lines_are_not()
    {
        await using var client = TestClient.WithEmulator(emulator: new RokuEmulator(new RokuEmulatorOptions { RefuseWhen = _ => "is bad" }));

        await RejectAsync(100);

        Assert.Equal((20, 1), (client.Logs.Count(3), client.Logs.Count(14)));
        Assert.Equal(100, client.Dispatcher.Counts.Rejected);

        client.Clock.Advance(TimeSpan.FromSeconds(61));
        await RejectAsync(5);

        Assert.Equal((25, 1), (client.Logs.Count(3), client.Logs.Count(14)));

        async Task RejectAsync(int count)
        {
            await client.EnqueueAsync(count);
            await client.Dispatcher.FlushAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void The_readme_lists_every_event_id()
    {
        var inCode = EventId().Matches(RepositoryFile.Read("src", "Roku.Events", "Observability", "Log.cs")).Select(match => int.Parse(match.Groups[1].Value, null));
        var inReadme = RepositoryFile.Read("README.md").Split('\n').Select(line => LogRow().Match(line)).Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, null));

        Assert.Equal(inCode.Order(), inReadme);
    }

    [GeneratedRegex(@"LoggerMessage\((\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\| (\d+) \| (Debug|Information|Warning|Error) \|")]
    private static partial Regex LogRow();
}
