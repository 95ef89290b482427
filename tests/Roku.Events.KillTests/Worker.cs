using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Roku.Events.KillTests;

// A worker in a process of its own. What it says before its end was acknowledged, however it ends.
internal sealed class Worker
{
    private readonly Process _process;
    private readonly ConcurrentBag<string> _acknowledged;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private string _lastLine = "";

    public Worker(ConcurrentBag<string> acknowledged, IEnumerable<string> arguments)
    {
        _acknowledged = acknowledged;
        _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Roku.Events.Worker.dll"), .. arguments]) { RedirectStandardOutput = true })!;
        _reading = ReadAsync();
    }

    // Completes with the first acknowledgement, or when there is nothing to enqueue.
    public Task Started => _started.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    // The last line that it wrote: its counts.
    public async Task<string> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await EndAsync();
        return _lastLine;
    }

    private async Task EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await _reading;
        _process.Dispose();
    }

    // A line that was cut by the kill is not one: its event may or may not have been acknowledged.
    private async Task ReadAsync()
    {
        var all = new System.Text.StringBuilder();
        var buffer = new char[64 * 1024];
        int read;
        while ((read = await _process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            all.Append(buffer, 0, read);
            var text = all.ToString();
            var end = text.LastIndexOf('\n') + 1;
            all.Remove(0, end);
            foreach (var line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Take(line);
            }
        }
    }

    private void Take(string line)
    {
        _lastLine = line;
        if (line.StartsWith('+'))
        {
            _acknowledged.Add(line[1..]);
        }

        if (line[0] == '+' || line == "enqueued")
        {
            _started.TrySetResult();
        }
    }
}
