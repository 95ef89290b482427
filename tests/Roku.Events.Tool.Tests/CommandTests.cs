using System.Net;

namespace Roku.Events.Tool.Tests;

public sealed class CommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hash_prints_both_rules_of_a_phone_number()
    {
        await using var run = await ToolRun.StartAsync();
        run.Input = "+1 (650) 555-0123\n";

        var result = await run.RunAsync("hash", "phone");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Equal(
            """
            digits only 26cb4f0c031f8e3956a484b9af6e06210874c4f08470f03f4f8a4d411da745ec
            E.164       4feaaadc0ff47808bdc09d5ed71dadd9ac8d92aeac7a56972c58e697a61c69f0

            """.ReplaceLineEndings(),
            result.Out.ReplaceLineEndings());
    }

    [Fact]
    public async Task Hash_reads_national_numbers_of_a_region()
    {
        await using var run = await ToolRun.StartAsync();
        run.Input = "(650) 253-0000";
        var national = await run.RunAsync("hash", "phone", "--phone-region", "us");
        run.Input = "+16502530000";
        var international = await run.RunAsync("hash", "phone");

        Assert.Equal(international.LastLine, national.LastLine);
    }

    [Theory]
    [InlineData("email", "Jane@Example.com ", "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d")]
    [InlineData("gender", "F", null)]
    [InlineData("first-name", "Jane", "81f8f6dde88365f3928796ec7aa53f72820b06db8664f5fe76a7eb13e24546a2")]
    public async Task Hash_prints_what_would_be_sent(string kind, string value, string? hash)
    {
        await using var run = await ToolRun.StartAsync();
        run.Input = value;

        var result = await run.RunAsync("hash", kind);

        Assert.Matches($"^{kind} +{hash ?? "[0-9a-f]{64}"}$", result.LastLine);
    }

    [Fact]
    public async Task Hash_says_what_is_wrong_without_the_value()
    {
        await using var run = await ToolRun.StartAsync();
        run.Input = "jane(at)example.com\njane@example.com\n";

        var result = await run.RunAsync("hash", "email");

        Assert.Equal(ExitCode.SomeRejected, result.Code);
        Assert.StartsWith("email       none: ", result.Out);
        Assert.DoesNotContain("jane", result.Out + result.Error);
    }

    [Fact]
    public async Task Emulator_serves_until_it_is_interrupted()
    {
        await using var run = await ToolRun.StartAsync();
        using var interrupt = new CancellationTokenSource();
        var port = FreePort();

        var running = run.RunUntilAsync(interrupt.Token, "emulator", "--port", $"{port}", "--event-group", "demo");
        using var http = new HttpClient();
        HttpStatusCode? status = null;
        while (status is null && !running.IsCompleted)
        {
            try
            {
                status = (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/v1/events"), Cancel)).StatusCode;
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }

        await interrupt.CancelAsync();
        var result = await running;

        Assert.Equal((ExitCode.Ok, $"http://127.0.0.1:{port}/"), (result.Code, result.LastLine));
        Assert.NotNull(status);
    }

    [Fact]
    public async Task Emulator_says_when_its_port_is_taken()
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.RunAsync("emulator", "--port", $"{run.Endpoint.Port}");

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains($"Port {run.Endpoint.Port} cannot be used", result.Error);
    }

    [Fact]
    public async Task Retry_sends_dead_letters_under_their_ids_with_all_that_they_hold()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("dead.jsonl", Letter("demo", "a", """,{"custom_data":{"value":12.50,"currency":"USD","order_id":"17","shoe_size":[42,"43"]}}""") + Letter("demo", "b"));

        var result = await run.RunAsync("retry", path, "--endpoint", run.Endpoint.ToString());

        Assert.Equal((ExitCode.Ok, "delivered=2 rejected=0 skipped=0"), (result.Code, result.LastLine));
        Assert.Equal(["a", "b"], run.Emulator.Events.Select(one => one.Id));
        Assert.Equal("demo", run.Emulator.Events[0].EventGroupId);
        Assert.Equal("""{"value":12.50,"currency":"USD","order_id":"17","shoe_size":[42,"43"]}""", run.Emulator.Events[0].Json.GetProperty("custom_data").GetRawText());
    }

    [Fact]
    public async Task Retry_sends_one_event_group_at_a_time()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("dead.jsonl", Letter("one", "a") + Letter("two", "b") + Letter("two", "c"));

        var unsaid = await run.RunAsync("retry", path, "--endpoint", run.Endpoint.ToString());
        var said = await run.RunAsync("retry", path, "--endpoint", run.Endpoint.ToString(), "--event-group", "two");

        Assert.Equal(ExitCode.Usage, unsaid.Code);
        Assert.Contains("--event-group one, --event-group two", unsaid.Error);
        Assert.Equal("delivered=2 rejected=0 skipped=1", said.LastLine);
        Assert.All(run.Emulator.Events, one => Assert.Equal("two", one.EventGroupId));
    }

    [Fact]
    public async Task Retry_of_a_file_of_something_else_says_so()
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.RunAsync("retry", run.Write("x.jsonl", "{\"event_name\":\"LEAD\"}\n"), "--endpoint", run.Endpoint.ToString());

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("no dead letters", result.Error);
    }

    [Theory]
    [InlineData("send", "missing.csv", "cannot be read")]
    [InlineData("send", "a.csv", "--rate takes", "--rate", "0")]
    [InlineData("send", "a.csv", "--delimiter takes", "--delimiter", "ab")]
    [InlineData("send", "a.csv", "no absolute address", "--endpoint", "example.com")]
    [InlineData("send", "a.csv", "no time zone", "--time-zone", "Mars/Olympus")]
    [InlineData("send", "a.csv", "--phone-region", "--phone-region", "XX")]
    [InlineData("send", "a.csv", "is no mapping", "--map", "event_time")]
    [InlineData("send", "a.csv", "says no rows to skip", "--skip", "event_time")]
    [InlineData("send", "a.csv", "never closed", "--map", "em={Mail")]
    public async Task A_mistake_in_the_arguments_is_named(string command, string file, string part, params string[] args)
    {
        await using var run = await ToolRun.StartAsync();
        run.Configuration["Roku:EventGroupId"] = "demo";
        run.Configuration["Roku:ApiKey"] = "key";
        run.Write("a.csv", "Mail\n");

        var result = await run.RunAsync([command, run.PathOf(file), .. args]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(part, result.Error);
    }

    private static string Letter(string group, string id, string more = "")
    {
        var custom = more.Length == 0 ? "" : "," + more[2..^1];
        return $$$"""{"time":"2026-11-23T12:00:00+00:00","client":"","event_group_id":"{{{group}}}","outcome":"expired","reason":"too old","attempts":3,"enqueued_at":"2026-11-22T12:00:00+00:00","event":{"event_name":"PURCHASE","event_type":"conversion","event_time":1730017211,"event_source":"website","event_id":"{{{id}}}","opt_out":"true","user_data":{"is_hashed":true,"em":"8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"}{{{custom}}}}}""" + "\n";
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
