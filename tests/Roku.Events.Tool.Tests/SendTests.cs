using System.IO.Compression;
using System.Text;

namespace Roku.Events.Tool.Tests;

public sealed class SendTests
{
    private const string Signups = """
        when,e-mail,phone
        2026-11-01T10:00:00Z,jane@example.com,+1 650 555 0123
        2026-11-01T11:00:00+02:00,joe@example.com,

        """;

    private static readonly string[] Signup = ["--map", "event_name==SIGN_UP", "--map", "event_source==website", "--map", "event_time=when", "--yes"];

    private static string Data(string name) => Path.Combine(AppContext.BaseDirectory, "data", name);

    [Fact]
    public async Task The_retail_months_orders_are_those_of_the_quickstart()
    {
        await using var run = await ToolRun.StartAsync();
        File.Copy(Data("2010-12.csv.gz"), run.PathOf("2010-12.csv.gz"));

        var result = await run.SendAsync(run.PathOf("2010-12.csv.gz"), "--mapping", Data("orders.mapping.json"));

        Assert.Equal((ExitCode.Ok, "delivered=1400 rejected=0 skipped=625"), (result.Code, result.LastLine));
        Assert.Equal(1_400, run.Emulator.EventsAccepted);
        Assert.Equal(572_713.89m, run.Emulator.Events.Sum(one => one.Json.GetProperty("custom_data").GetProperty("value").GetDecimal()));
    }

    [Fact]
    public async Task Columns_are_guessed_shown_and_taken_with_yes()
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.SendAsync([run.Write("signups.csv", Signups), .. Signup]);

        Assert.Equal((ExitCode.Ok, "delivered=2 rejected=0 skipped=0"), (result.Code, result.LastLine));
        Assert.Matches("user_data.em +│ e-mail +│ guessed", result.Error);
        var user = run.Emulator.Events[0].Json.GetProperty("user_data");
        Assert.Equal("8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d", user.GetProperty("em").GetString());
        Assert.Equal(DateTimeOffset.Parse("2026-11-01T09:00:00Z", null), run.Emulator.Events[1].Time);
    }

    [Fact]
    public async Task Guessed_columns_are_not_sent_unasked()
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.SendAsync([run.Write("signups.csv", Signups), .. Signup[..^1]]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("say --yes", result.Error);
        Assert.Equal(0, run.Emulator.RequestsReceived);
    }

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task The_delimiter_is_found_out(char delimiter)
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.SendAsync([run.Write("signups.csv", Signups.Replace(',', delimiter)), .. Signup]);

        Assert.Equal("delivered=2 rejected=0 skipped=0", result.LastLine);
    }

    [Fact]
    public async Task Utf_16_with_quotes_and_line_breaks_is_read()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("signups.csv", "when,email,city\r\n2026-11-01,\"jane@example.com\",\"Köln,\r\n\"\"am Rhein\"\"\"\r\n", Encoding.Unicode);

        var result = await run.SendAsync([path, .. Signup]);

        Assert.Equal("delivered=1 rejected=0 skipped=0", result.LastLine);
        Assert.Equal("Köln,\r\n\"am Rhein\"", run.Emulator.Events[0].Json.GetProperty("user_data").GetProperty("ct").GetString());
    }

    [Fact]
    public async Task Compressed_files_are_known_by_their_content()
    {
        await using var run = await ToolRun.StartAsync();
        await using (var gzip = new GZipStream(File.Create(run.PathOf("signups.csv")), CompressionLevel.Fastest))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Signups), TestContext.Current.CancellationToken);
        }

        var result = await run.SendAsync([run.PathOf("signups.csv"), .. Signup]);

        Assert.Equal("delivered=2 rejected=0 skipped=0", result.LastLine);
    }

    [Fact]
    public async Task Standard_input_is_sent_without_a_journal()
    {
        await using var run = await ToolRun.StartAsync();
        run.Input = Signups;

        var result = await run.SendAsync(["-", .. Signup]);

        Assert.Equal("delivered=2 rejected=0 skipped=0", result.LastLine);
        Assert.Empty(Directory.GetFiles(run.Folder));
    }

    [Fact]
    public async Task Events_in_roku_s_own_names_need_no_mapping()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("events.jsonl", """
            {"event_name":"PURCHASE","event_type":"conversion","event_time":1730017211,"event_source":"website","event_id":"a","user_data":{"is_hashed":true,"em":"8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"},"custom_data":{"value":12.5,"currency":"USD","content_ids":["x","y"],"contents":[{"id":"x","quantity":2,"item_price":6.25}]}}

            {"event_name":"LEAD","event_time":1730017211,"event_source":"phone_call","event_id":"b","user_data":{"ph":"+1 650 555 0123"}}
            """);

        var result = await run.SendAsync(path);

        Assert.Equal("delivered=2 rejected=0 skipped=0", result.LastLine);
        var purchase = run.Emulator.Events[0].Json;
        Assert.Equal("8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d", purchase.GetProperty("user_data").GetProperty("em").GetString());
        Assert.Equal("""{"value":12.5,"currency":"USD","content_ids":["x","y"],"contents":[{"id":"x","quantity":2,"item_price":6.25}]}""", purchase.GetProperty("custom_data").GetRawText());
    }

    [Theory]
    [InlineData("""{"event_nam":"LEAD","event_time":1,"event_source":"website","user_data":{"em":"a@example.com"}}""", "event_nam", "is no field of Roku's")]
    [InlineData("""{"event_name":"LEAD","event_time":1,"event_source":"website","user_data":{"em":["a@example.com"]}}""", "user_data.em", "is a list")]
    [InlineData("""{"event_name":"LEAD","event_time":1730017211000,"event_source":"website","user_data":{"em":"a@example.com"}}""", "event_time", "looks like milliseconds")]
    [InlineData("[1]", "row", "is no JSON object")]
    [InlineData("{\"event_name\":", "row", "is no valid JSON")]
    public async Task A_line_that_is_no_event_is_rejected_by_field_and_rule(string line, string field, string rule)
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("events.jsonl", line + "\n{\"event_name\":\"LEAD\",\"event_time\":1730017211,\"event_source\":\"website\",\"user_data\":{\"em\":\"good@example.com\"}}\n");

        var result = await run.SendAsync(path);

        Assert.Equal((ExitCode.SomeRejected, "delivered=1 rejected=1 skipped=0"), (result.Code, result.LastLine));
        var rejected = await File.ReadAllLinesAsync(path + ".rejected.csv", TestContext.Current.CancellationToken);
        Assert.Equal("line,event_id,field,rule,fix", rejected[0]);
        Assert.StartsWith("1,", rejected[1]);
        Assert.Contains($",{field},", rejected[1]);
        Assert.Contains(rule, rejected[1]);
    }

    [Fact]
    public async Task What_roku_refuses_is_rejected_with_its_reason_and_the_others_arrive()
    {
        await using var run = await ToolRun.StartAsync(new() { RefuseWhen = json => json.GetProperty("event_id").GetString() == "b" ? "not today" : null });
        var path = run.Write("leads.csv", "event_id,event_time,event_name,event_source,email\na,2026-11-01,LEAD,website,a@example.com\nb,2026-11-01,LEAD,website,b@example.com\nc,2026-11-01,LEAD,website,c@example.com\n");

        var result = await run.SendAsync(path, "--yes");

        Assert.Equal((ExitCode.SomeRejected, "delivered=2 rejected=1 skipped=0"), (result.Code, result.LastLine));
        Assert.Contains("3,b,event,", await File.ReadAllTextAsync(path + ".rejected.csv", TestContext.Current.CancellationToken));
        Assert.Contains("not today", await File.ReadAllTextAsync(path + ".rejected.csv", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Rows_of_one_order_without_grouping_are_not_taken_for_duplicates_of_each_other_by_roku()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("lines.csv", "order_id,date,email,value\n1,2026-11-01,a@example.com,10\n1,2026-11-01,a@example.com,5\n2,2026-11-01,b@example.com,7\n");

        var result = await run.SendAsync(path, "--yes", "--map", "event_name==PURCHASE", "--map", "event_source==website", "--map", "currency==USD");

        Assert.Equal("delivered=2 rejected=1 skipped=0", result.LastLine);
        Assert.Contains("--group-by", result.Error);
    }

    [Fact]
    public async Task Rows_without_an_id_get_the_same_on_every_run()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("signups.csv", Signups);

        await run.SendAsync([path, .. Signup]);
        await run.SendAsync([path, .. Signup, "--restart"]);

        var ids = run.Emulator.Events.Select(one => one.Id).ToList();
        Assert.Equal(4, ids.Count);
        Assert.Equal(ids[..2], ids[2..]);
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(2, run.Emulator.EventsDuplicated);
    }

    [Fact]
    public async Task A_dry_run_sends_and_writes_nothing()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("signups.csv", Signups + "not a time,max@example.com,\n");

        var result = await run.SendAsync([path, .. Signup, "--dry-run"]);

        Assert.Equal((ExitCode.SomeRejected, "delivered=2 rejected=1 skipped=0"), (result.Code, result.LastLine));
        Assert.Equal(0, run.Emulator.RequestsReceived);
        Assert.Equal([path], Directory.GetFiles(run.Folder));
        Assert.Matches("event_time +│ is neither ISO 8601 nor seconds", result.Error);
    }

    [Fact]
    public async Task Validate_needs_neither_key_nor_group_and_can_write_what_is_wrong()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("signups.csv", Signups + "not a time,max@example.com,\n");

        var result = await run.RunAsync(["validate", path, .. Signup[..^1], "--rejected", run.PathOf("problems.csv")]);

        Assert.Equal((ExitCode.SomeRejected, "delivered=2 rejected=1 skipped=0"), (result.Code, result.LastLine));
        Assert.Contains("4,", await File.ReadAllTextAsync(run.PathOf("problems.csv"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Validate_only_asks_roku_and_ingests_nothing()
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.SendAsync([run.Write("signups.csv", Signups), .. Signup, "--validate-only"]);

        Assert.Equal("delivered=2 rejected=0 skipped=0", result.LastLine);
        Assert.Equal("/v1/test_events", Assert.Single(run.Emulator.Requests).Path);
        Assert.Equal(0, run.Emulator.EventsAccepted);
    }

    [Fact]
    public async Task Several_files_are_sent_one_after_another_and_added_up()
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.SendAsync([run.Write("a.csv", Signups), run.Write("b.csv", Signups), .. Signup]);

        Assert.Equal("delivered=4 rejected=0 skipped=0", result.LastLine);
        Assert.Equal(4, run.Emulator.Events.Select(one => one.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_refused_key_stops_at_once_and_the_same_command_goes_on()
    {
        await using var run = await ToolRun.StartAsync(new() { ApiKey = "right" });
        var path = run.Write("signups.csv", Signups);

        var stopped = await run.SendAsync([path, .. Signup]);
        run.Configuration["Roku:ApiKey"] = "right";
        var done = await run.SendAsync([path, .. Signup]);

        Assert.Equal((ExitCode.Stopped, "delivered=0 rejected=0 skipped=0"), (stopped.Code, stopped.LastLine));
        Assert.Contains("Roku refused the key", stopped.Error);
        Assert.Equal((ExitCode.Ok, "delivered=2 rejected=0 skipped=0"), (done.Code, done.LastLine));
        Assert.Equal(2, run.Emulator.EventsAccepted);
    }

    [Fact]
    public async Task A_missing_key_or_group_is_told_before_anything_is_read_from_the_network()
    {
        await using var run = await ToolRun.StartAsync();

        var result = await run.RunAsync(["send", run.Write("signups.csv", Signups), .. Signup]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("Roku__ApiKey", result.Error);
        Assert.Contains("--event-group", result.Error);
    }

    [Fact]
    public async Task Limited_data_use_is_read_from_the_file()
    {
        await using var run = await ToolRun.StartAsync();
        var path = run.Write("a.csv", "when,email,opt_out\n2026-11-01,a@example.com,yes\n2026-11-01,b@example.com,\n2026-11-01,c@example.com,maybe\n");

        var result = await run.SendAsync([path, .. Signup]);

        Assert.Equal("delivered=2 rejected=1 skipped=0", result.LastLine);
        Assert.Equal("true", run.Emulator.Events[0].Json.GetProperty("opt_out").GetString());
        Assert.False(run.Emulator.Events[1].Json.TryGetProperty("opt_out", out _));
    }

    [Fact]
    public async Task Nothing_personal_is_printed_or_written()
    {
        await using var run = await ToolRun.StartAsync(new() { RefuseWhen = json => "refused for jane@example.com" });
        run.Configuration["Roku:ApiKey"] = "SECRET-KEY-17";
        var path = run.Write("a.csv", "when,email,phone,first_name,ip,city\n2026-11-01,jane@example.com,+16505550123,Jane,10.1.2.3,Zanesville\nbad,nobody@bad@example,12,Max,300.1.1.1,\"Zanesville\nx\n2026-11-01,one,too,many,columns,here,jane@example.com\n");

        var result = await run.SendAsync([path, .. Signup]);

        Assert.NotEqual(ExitCode.Ok, result.Code);
        var written = result.Out + result.Error + string.Concat(Directory.GetFiles(run.Folder).Where(file => file != path).Select(File.ReadAllText));
        Assert.All(["jane@example.com", "6505550123", "nobody@bad", "10.1.2.3", "300.1.1.1", "Zanesville", "SECRET-KEY-17"], secret => Assert.DoesNotContain(secret, written));
        Assert.DoesNotContain("Jane", written);
    }

    [Fact]
    public async Task The_rate_is_kept()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.Parse("2026-11-23T12:00:00Z", null));
        await using var run = await ToolRun.StartAsync(time: time);
        var path = run.Write("many.csv", "when,email\n" + string.Concat(Enumerable.Range(0, 3_000).Select(i => $"2026-11-01,a{i}@example.com\n")));

        run.Configuration["Roku:Delivery:RequestTimeout"] = "00:10:00";

        var result = await time.RunAsync(run.SendAsync([path, .. Signup, "--rate", "100"]));

        Assert.Equal("delivered=3000 rejected=0 skipped=0", result.LastLine);
        var arrivals = run.Emulator.Requests.Select(request => request.ReceivedAt).ToList();
        Assert.Equal(3, arrivals.Count);
        // 20 s, but for what the first was late.
        Assert.True(arrivals[2] - arrivals[0] >= TimeSpan.FromSeconds(18), $"{arrivals[2] - arrivals[0]}");
    }
}
