using System.Diagnostics;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using Roku.Events.Emulator;

namespace Roku.Events.Tool.Tests;

public sealed class ResumeTests
{
    private static readonly string[] Lead = ["--map", "event_name==LEAD", "--map", "event_source==website", "--yes", "--give-up-after", "0"];

    private static readonly string Program = typeof(ResumeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Tool").Value!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_outage_stops_the_run_and_the_next_sends_the_rest_once()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(5_500));
        run.Emulator.Script(EmulatorFault.Delay(TimeSpan.Zero), 2);
        run.Emulator.FailNext(HttpStatusCode.ServiceUnavailable, times: 20);

        var stopped = await run.SendAsync([path, .. Lead]);
        var delivered = run.Emulator.EventsAccepted;
        run.Emulator.Script(EmulatorFault.Delay(TimeSpan.Zero));
        while (run.Emulator.RequestsReceived < 22)
        {
            await run.SendAsync([path, .. Lead]);
        }

        var done = await run.SendAsync([path, .. Lead]);

        Assert.Equal((ExitCode.Stopped, $"delivered={delivered} rejected=0 skipped=0"), (stopped.Code, stopped.LastLine));
        Assert.Contains("HTTP 503", stopped.Error);
        Assert.Equal((ExitCode.Ok, "delivered=5500 rejected=0 skipped=0"), (done.Code, done.LastLine));
        AssertOnce(run, 5_500);
    }

    [Fact]
    public async Task A_killed_process_is_gone_on_with_and_nothing_is_missed_or_counted_twice()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(40_000));

        var killed = 0;
        for (var before = 5; before <= 25; before += 10)
        {
            using var process = StartProcess(run, path);
            while (!process.HasExited && run.Emulator.RequestsReceived < before)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), Cancel);
            }

            killed += process.HasExited ? 0 : 1;
            process.Kill();
            await process.WaitForExitAsync(Cancel);
        }

        var done = await run.SendAsync([path, .. Lead]);

        Assert.Equal(3, killed);
        Assert.Equal((ExitCode.Ok, "delivered=40000 rejected=0 skipped=0"), (done.Code, done.LastLine));
        Assert.Equal(40_000, run.Emulator.EventsAccepted - run.Emulator.EventsDuplicated);
        Assert.Equal(40_000, run.Emulator.Events.Select(one => one.Id).Distinct().Count());

        // What was under way each time: Roku counts it once.
        Assert.InRange(run.Emulator.EventsDuplicated, 0, 3 * 4_000);
    }

    [Fact]
    public async Task An_interrupt_lets_the_requests_under_way_end_and_stops()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(5_000));
        using var interrupt = new CancellationTokenSource();
        run.Emulator.Script(EmulatorFault.Delay(TimeSpan.FromMilliseconds(300)), 4);

        var running = run.RunUntilAsync(interrupt.Token, run.Sending([path, .. Lead]));
        while (run.Emulator.RequestsReceived == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), Cancel);
        }

        await interrupt.CancelAsync();
        var stopped = await running;
        var delivered = run.Emulator.EventsAccepted;
        var done = await run.SendAsync([path, .. Lead]);

        Assert.Equal((ExitCode.Stopped, $"delivered={delivered} rejected=0 skipped=0"), (stopped.Code, stopped.LastLine));
        Assert.InRange(delivered, 1_000, 4_000);
        Assert.Equal("delivered=5000 rejected=0 skipped=0", done.LastLine);
        AssertOnce(run, 5_000);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_lets_the_requests_under_way_end_and_stops(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(20_000));
        run.Emulator.Script(EmulatorFault.Delay(TimeSpan.FromMilliseconds(500)), 20);

        using var process = StartProcess(run, path);
        while (!process.HasExited && run.Emulator.RequestsReceived == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), Cancel);
        }

        using var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        await process.WaitForExitAsync(Cancel);
        var delivered = run.Emulator.EventsAccepted;
        var done = await run.SendAsync([path, .. Lead]);

        Assert.Equal((int)ExitCode.Stopped, process.ExitCode);
        Assert.InRange(delivered, 1_000, 8_000);
        Assert.Equal($"delivered={delivered} rejected=0 skipped=0\n", await process.StandardOutput.ReadToEndAsync(Cancel));
        Assert.Equal("delivered=20000 rejected=0 skipped=0", done.LastLine);
        AssertOnce(run, 20_000);
    }

    [Fact]
    public async Task Of_a_chunk_that_went_out_in_part_only_the_rest_is_sent_again()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(900, padding: 2_000));
        run.Emulator.Script(EmulatorFault.Delay(TimeSpan.Zero));
        run.Emulator.FailNext(HttpStatusCode.ServiceUnavailable);

        var stopped = await run.SendAsync([path, .. Lead]);
        var first = run.Emulator.EventsAccepted;
        var done = await run.SendAsync([path, .. Lead]);

        Assert.InRange(first, 1, 899);
        Assert.Equal($"delivered={first} rejected=0 skipped=0", stopped.LastLine);
        Assert.Equal("delivered=900 rejected=0 skipped=0", done.LastLine);
        AssertOnce(run, 900);
    }

    [Theory]
    [InlineData(1, null, 0, "delivered=10 rejected=0 skipped=0", 10)]
    [InlineData(20, null, 4, "", 0)]
    [InlineData(20, "send", 0, "delivered=10 rejected=0 skipped=0", 0)]
    [InlineData(20, "skip", 0, "delivered=0 rejected=0 skipped=10", 0)]
    public async Task Events_that_may_have_arrived_are_sent_again_only_while_roku_knows_their_ids(int minutes, string? choice, int code, string lastLine, int duplicates)
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-23T12:00:00Z", null));
        await using var run = await StartAsync(time);
        var path = run.Write("leads.csv", Leads(10));
        run.Emulator.Script(EmulatorFault.Reset(accepted: true));

        var stopped = await run.SendAsync([path, .. Lead]);
        time.Advance(TimeSpan.FromMinutes(minutes));
        var result = await run.SendAsync([path, .. Lead, .. choice is null ? [] : (string[])["--in-doubt", choice]]);

        Assert.Equal((ExitCode.Stopped, "delivered=0 rejected=0 skipped=0"), (stopped.Code, stopped.LastLine));
        Assert.Equal((code, lastLine), ((int)result.Code, result.LastLine));
        Assert.Equal(duplicates, run.Emulator.EventsDuplicated);
    }

    [Fact]
    public async Task While_it_runs_events_that_may_have_arrived_are_not_repeated_once_roku_forgets_their_ids()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-23T12:00:00Z", null));
        await using var run = await StartAsync(time);
        var path = run.Write("leads.csv", Leads(10));
        run.Emulator.Script(EmulatorFault.Reset(accepted: true));
        run.Emulator.FailNext(HttpStatusCode.ServiceUnavailable, times: 10_000);

        var stopped = await time.RunAsync(run.SendAsync([path, .. Lead[..^1], "60"]));

        Assert.Equal(ExitCode.Stopped, stopped.Code);
        var requests = run.Emulator.Requests;
        Assert.InRange(requests[^1].ReceivedAt - requests[0].ReceivedAt, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(9));
    }

    [Fact]
    public async Task A_complete_file_is_not_sent_again_unless_told()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(10) + "bad,x@example.com,\n");

        var first = await run.SendAsync([path, .. Lead]);
        var second = await run.SendAsync([path, .. Lead]);
        var again = await run.SendAsync([path, .. Lead, "--restart"]);

        Assert.Equal((first.Code, first.Out), (second.Code, second.Out));
        Assert.Contains("sent before", second.Error);
        Assert.Equal(first.Out, again.Out);
        Assert.Equal(20, run.Emulator.EventsAccepted);
        Assert.Equal(2, (await File.ReadAllLinesAsync(path + ".rejected.csv", Cancel)).Length);
    }

    [Fact]
    public async Task Rejected_rows_are_told_once_however_often_the_run_was_stopped()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(1_500) + "bad,x@example.com,\n" + Leads(1_500, header: false, from: 1_500));
        run.Emulator.Script(EmulatorFault.Delay(TimeSpan.Zero));
        run.Emulator.FailNext(HttpStatusCode.ServiceUnavailable, times: 5);

        var codes = new List<ExitCode>();
        do
        {
            codes.Add((await run.SendAsync([path, .. Lead])).Code);

            // As a kill would leave it that came after the rows were written and before the journal.
            await File.AppendAllTextAsync(path + ".rejected.csv", codes[^1] == ExitCode.Stopped ? "torn" : "", Cancel);
        }
        while (codes[^1] == ExitCode.Stopped && codes.Count < 10);

        Assert.Equal(ExitCode.SomeRejected, codes[^1]);
        Assert.True(codes.Count > 1);
        var rejected = await File.ReadAllLinesAsync(path + ".rejected.csv", Cancel);
        Assert.Equal(2, rejected.Length);
        Assert.StartsWith("1502,", rejected[1]);
        AssertOnce(run, 3_000);
    }

    [Fact]
    public async Task A_torn_last_line_of_the_journal_did_not_happen()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(10));
        await run.SendAsync([path, .. Lead]);
        var journal = await File.ReadAllTextAsync(path + ".journal", Cancel);
        await File.WriteAllTextAsync(path + ".journal", journal[..^20], Cancel);

        var result = await run.SendAsync([path, .. Lead]);

        Assert.Equal((ExitCode.Ok, "delivered=10 rejected=0 skipped=0"), (result.Code, result.LastLine));
        Assert.Equal(10, run.Emulator.EventsAccepted);
        Assert.Equal(journal, await File.ReadAllTextAsync(path + ".journal", Cancel));
    }

    [Fact]
    public async Task A_journal_of_something_else_is_refused_with_the_difference()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(10));
        await run.SendAsync([path, .. Lead]);

        var otherMapping = await run.SendAsync([path, .. Lead, "--map", "ct==Rome"]);
        var otherGroup = await run.RunAsync(["send", path, .. Lead, "--endpoint", run.Endpoint.ToString(), "--event-group", "other"]);
        var otherHashes = await run.SendAsync([path, .. Lead, "--phone-region", "US"]);
        run.Write("leads.csv", Leads(11));
        var otherContent = await run.SendAsync([path, .. Lead]);

        Assert.All([otherMapping, otherGroup, otherHashes, otherContent], result => Assert.Equal(ExitCode.Usage, result.Code));
        Assert.Contains("another mapping", otherMapping.Error);
        Assert.Contains("the event group demo", otherGroup.Error);
        Assert.Contains("other rules for identifiers: PhoneRule DigitsOnly", otherHashes.Error);
        Assert.Contains("the file has changed", otherContent.Error);
        Assert.Equal(10, run.Emulator.EventsAccepted);
    }

    [Fact]
    public async Task A_file_that_another_run_is_sending_is_left_to_it()
    {
        await using var run = await StartAsync();
        var path = run.Write("leads.csv", Leads(10));
        await using var taken = new FileStream(path + ".journal", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

        var result = await run.SendAsync([path, .. Lead]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("another run has it", result.Error);
        Assert.Equal(0, run.Emulator.RequestsReceived);
    }

    private static async Task<ToolRun> StartAsync(TimeProvider? time = null)
    {
        var run = await ToolRun.StartAsync(time: time);
        run.Configuration["Roku:Delivery:MaxRetries"] = "0";
        return run;
    }

    private static string Leads(int count, bool header = true, int from = 0, int padding = 0) =>
        (header ? "event_time,email,referrer_url\n" : "") + string.Concat(Enumerable.Range(from, count).Select(i =>
            $"2026-11-01,lead{i}@example.com,{(padding == 0 ? "" : "https://example.com/" + new string('x', padding))}\n"));

    private static void AssertOnce(ToolRun run, int events)
    {
        Assert.Equal((events, 0), (run.Emulator.EventsAccepted, run.Emulator.EventsDuplicated));
        Assert.Equal(events, run.Emulator.Events.Select(one => one.Json.GetProperty("user_data").GetProperty("em").GetString()).Distinct().Count());
    }

    private static Process StartProcess(ToolRun run, string path)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])[Program, .. run.Sending([path, .. Lead])])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["Roku__Delivery__MaxRetries"] = "0";
        return Process.Start(start)!;
    }
}
