using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Progress = Roku.Events.Tool.Sending.Progress;

namespace Roku.Events.Tool.Commands;

// Shows how far a file is: a bar in a terminal, a line now and then elsewhere.
internal sealed class ProgressView(Surroundings surroundings, string name, Progress progress)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    // Of percentage and outcome, so that in a terminal of usual width all is one line.
    private const int OutcomeWidth = 90;

    private readonly long _started = surroundings.Time.GetTimestamp();

    public Task ShowAsync(Task work) => surroundings.Console.Profile.Capabilities.Interactive ? ShowBarAsync(work) : ShowLinesAsync(work);

    private Task ShowBarAsync(Task work) => surroundings.Console.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = Math.Clamp(surroundings.Console.Profile.Width - OutcomeWidth - name.Length, 10, 40) }, new PercentageColumn(), new OutcomeColumn(this))
        .StartAsync(async context =>
        {
            var bar = context.AddTask(Markup.Escape(name), maxValue: 1);
            while (!await EndsWithinAsync(work, BarInterval).ConfigureAwait(false))
            {
                Update(bar);
            }

            Update(bar);
            await work.ConfigureAwait(false);
        });

    private void Update(ProgressTask bar)
    {
        bar.IsIndeterminate = progress.State.Part is null;
        bar.Value = progress.State.Part ?? 0;
    }

    private async Task ShowLinesAsync(Task work)
    {
        while (!await EndsWithinAsync(work, LineInterval).ConfigureAwait(false))
        {
            var part = progress.State.Part is { } known ? known.ToString("P0", CultureInfo.InvariantCulture) + ", " : "";
            surroundings.Console.WriteLine($"{name}: {part}{Outcome()}");
        }

        await work.ConfigureAwait(false);
    }

    private async Task<bool> EndsWithinAsync(Task work, TimeSpan interval)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(work, Task.Delay(interval, surroundings.Time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        return work.IsCompleted;
    }

    private string Outcome()
    {
        var state = progress.State;
        var seconds = surroundings.Time.GetElapsedTime(_started).TotalSeconds;
        var left = state.Part is > 0 and < 1 ? TimeSpan.FromSeconds(seconds / state.Part.Value * (1 - state.Part.Value)) : TimeSpan.Zero;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"delivered {state.Totals.Delivered:N0}, rejected {state.Totals.Rejected:N0}, skipped {state.Totals.Skipped:N0}, {state.Now / Math.Max(seconds, 0.001):N0}/s{(left > TimeSpan.Zero ? $@", {left:hh\:mm\:ss} left" : "")}");
    }

    private sealed class OutcomeColumn(ProgressView view) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(view.Outcome());
    }
}
