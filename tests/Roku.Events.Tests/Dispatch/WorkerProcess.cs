using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Roku.Events.Tests.Dispatch;

// The worker in a process of its own.
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _enqueued = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkerProcess(Uri endpoint, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "Roku.Events.Worker.dll"), "--Roku:ApiKey=key", "--Roku:EventGroupId=Pacc12345678", $"--Roku:Endpoint={endpoint}", .. arguments,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string LastLine => _lines.Last();

    public async Task UntilEnqueuedAsync() => await _enqueued.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    // What an orchestrator does first.
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is { Length: > 0 })
        {
            _lines.Enqueue(line);
            if (line == "enqueued")
            {
                _enqueued.SetResult();
            }
        }
    }
}
