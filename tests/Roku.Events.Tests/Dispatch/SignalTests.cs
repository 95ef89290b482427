using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Roku.Events.Emulator;

namespace Roku.Events.Tests.Dispatch;

// A real process with a host, ended as an orchestrator ends it.
public sealed class SignalTests : IAsyncDisposable
{
    private readonly RokuEmulator _emulator = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("roku-events");

    public async ValueTask DisposeAsync()
    {
        await _emulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_terminated_process_delivers_its_whole_queue()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        _emulator.Faults = new EmulatorFaultPlan(1, 1, [EmulatorFault.Status(HttpStatusCode.ServiceUnavailable)]);
        using var worker = new WorkerProcess(await ListenAsync(), "--Worker:Events=10000", "--Worker:Producers=4", "--Roku:Delivery:MaxRetries=0");
        await worker.UntilEnqueuedAsync();
        Assert.Equal(0, _emulator.EventsAccepted);
        _emulator.Faults = null;

        var exitCode = await worker.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.StartsWith("accepted=10000 delivered=10000 rejected=0 expired=0 dropped=0 waiting=0", worker.LastLine);
        Assert.Equal(10_000, _emulator.Events.Select(received => received.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_terminated_process_before_a_server_that_hangs_ends_in_time_with_every_event_in_the_dead_letter_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        _emulator.Faults = new EmulatorFaultPlan(1, 1, [EmulatorFault.Hang()]);
        var file = Path.Combine(_folder.FullName, "dead.jsonl");
        using var worker = new WorkerProcess(await ListenAsync(), "--Worker:Events=2500", $"--Worker:DeadLetters={file}", "--Roku:Delivery:DrainTimeout=00:00:02");
        await worker.UntilEnqueuedAsync();

        var watch = Stopwatch.StartNew();
        var exitCode = await worker.TerminateAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"ended {watch.Elapsed.TotalSeconds:F2} s after the signal");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("accepted=2500 delivered=0 rejected=0 expired=0 dropped=2500 waiting=0", worker.LastLine);
        var ids = File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetProperty("event_id").GetString());
        Assert.Equal(2_500, ids.Distinct().Count());
    }

    private Task<Uri> ListenAsync() => _emulator.ListenAsync(cancellationToken: TestContext.Current.CancellationToken);
}
