using System.Text.RegularExpressions;

namespace Roku.Events.Tool.Tests;

// Holds the tool to what its README shows.
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_mapping_reads_a_file_and_rejects_as_shown()
    {
        await using var run = await ToolRun.StartAsync();
        var mapping = run.Write("sales.mapping.json", Block("jsonc"));
        var sales = run.Write("sales.csv", """
            Till,Receipt,SoldAt,Email,Phone,Sku,Quantity,Price
            7,1001.0,11/20/2025 10:00,jane@example.com,+14155550142,a-1,2,10.50
            7,1001.0,11/20/2025 10:00,jane@example.com,+14155550142,a-2,1,4
            7,1002,11/20/2025 10:05,janeexample.com,,a-1,1,10.50
            7,VOID1003,11/20/2025 10:06,x@example.com,,a-1,1,10.50
            7,1004,11/20/2025 10:07,,,a-1,1,10.50
            """);

        var result = await run.SendAsync(sales, "--mapping", mapping);

        Assert.Equal("delivered=1 rejected=1 skipped=2", result.LastLine);
        Assert.Equal(Shown().Match(Readme).Groups[1].Value, File.ReadAllText(sales + ".rejected.csv").ReplaceLineEndings("\n").TrimStart('\uFEFF'));
        var received = Assert.Single(run.Emulator.Events);
        Assert.Equal("till-7-1001", received.Id);
        Assert.Equal(25m, received.Json.GetProperty("custom_data").GetProperty("value").GetDecimal());
        Assert.Equal(new DateTimeOffset(2025, 11, 20, 15, 0, 0, TimeSpan.Zero), received.Time);
    }

    [Fact]
    public async Task The_hashes_are_those_of_a_number()
    {
        await using var run = await ToolRun.StartAsync();
        run.Input = "+1 (415) 555-0142";

        var result = await run.RunAsync("hash", "phone");

        Assert.Contains(result.Out.ReplaceLineEndings("\n"), Readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_leaves_out_what_was_refused_before()
    {
        await using var run = await ToolRun.StartAsync();
        var letters = run.Write("dead.jsonl", Letter("rejected", "a") + Letter("expired", "b"));

        var result = await run.RunAsync("retry", letters, "--endpoint", run.Endpoint.ToString(), "--skip", "outcome=rejected");

        Assert.Equal("delivered=1 rejected=0 skipped=1", result.LastLine);
        Assert.Equal("b", Assert.Single(run.Emulator.Events).Id);
    }

    [Fact]
    public void All_exit_codes_are_in_the_table()
    {
        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => $"{(int)code}"), ExitCodes().Matches(Readme).Select(row => row.Groups[1].Value));
    }

    [Fact]
    public async Task All_options_of_send_exist_that_it_speaks_of()
    {
        await using var run = await ToolRun.StartAsync();
        var help = (await run.RunAsync("send", "--help")).Out + (await run.RunAsync("hash", "--help")).Out;

        var spoken = Options().Matches(Readme).Select(match => match.Value).Distinct().Except(["--global", "--project", "--id"]).ToList();

        Assert.True(spoken.Count > 10);
        Assert.All(spoken, option => Assert.Contains(option + " ", help, StringComparison.Ordinal));
    }

    private static string Block(string language) => Regex.Match(Readme, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    private static string Letter(string outcome, string id) =>
        $$$$"""{"event_group_id":"demo","outcome":"{{{{outcome}}}}","event":{"event_name":"PURCHASE","event_type":"conversion","event_time":1700000000,"event_source":"website","event_id":"{{{{id}}}}","user_data":{"is_hashed":true,"em":"8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"}}}""" + "\n";

    [GeneratedRegex("```\n(line,event_id.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shown();

    [GeneratedRegex(@"^\| (\d) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodes();

    [GeneratedRegex("--[a-z][a-z-]+")]
    private static partial Regex Options();
}
