using Roku.Events.Tool.Input;
using Roku.Events.Tool.Mapping;

namespace Roku.Events.Tool.Sending;

// Reads a file once, in chunks, and sends some of them at a time; what became of them is written down in the file's order.
internal sealed class FileSender(InputFile input, Candidates candidates, ChunkDelivery delivery, TimeProvider time)
{
    private const int MaxConcurrentChunks = 4;

    private readonly Queue<(Chunk Chunk, Task<ChunkResult> Result)> _underWay = new();
    private Totals _totals;
    private long _now;
    private DateTimeOffset _nextMayBegin;

    // Both null: nothing is written beside the file.
    public Journal? Journal { get; init; }

    public RejectedFile? Rejected { get; init; }

    // Events a second; null for as many as go.
    public int? Rate { get; init; }

    // What a person decided about events that may have arrived too long ago.
    public InDoubtChoice InDoubt { get; init; }

    public Progress Progress { get; } = new();

    public ProblemSummary Problems { get; } = new();

    // Why sending stopped before the end of the file; null when it did not.
    public string? Obstacle { get; private set; }

    public Totals Totals => _totals + new Totals(0, 0, candidates.Skipped);

    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        _totals = Journal?.Totals ?? default;
        RefuseOldDoubt();
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            for (var number = 0; !halt.IsCancellationRequested && Take() is { Count: > 0 } some; number++)
            {
                if (Journal?.HasEnded(number) != true)
                {
                    await BeginAsync(new Chunk(number, some, Journal?.LeftOf(number)), halt, abort).ConfigureAwait(false);
                }

                Report();
            }
        }
        finally
        {
            while (_underWay.Count > 0)
            {
                await FinishAsync(halt).ConfigureAwait(false);
            }
        }

        Obstacle ??= stop.IsCancellationRequested ? "interrupted" : null;
        if (Obstacle is null)
        {
            Journal?.Complete(Totals);
        }
    }

    private List<Candidate> Take()
    {
        var some = new List<Candidate>(Chunk.MaxEvents);
        while (some.Count < Chunk.MaxEvents && candidates.Next() is { } candidate)
        {
            some.Add(candidate);
        }

        return some;
    }

    private async Task BeginAsync(Chunk chunk, CancellationTokenSource halt, CancellationToken abort)
    {
        var inDoubtSince = Journal?.Open.GetValueOrDefault(chunk.Number)?.InDoubtSince;
        var isOld = IsOld(inDoubtSince);
        if (isOld && InDoubt == InDoubtChoice.Skip)
        {
            _totals += new Totals(0, 0, chunk.Left?.Count ?? chunk.Candidates.Count);
            Journal!.End(chunk.Number, _totals, Rejected?.Length ?? 0);
            return;
        }

        if (_underWay.Count == MaxConcurrentChunks)
        {
            await FinishAsync(halt).ConfigureAwait(false);
        }

        await PaceAsync(chunk, halt.Token).ConfigureAwait(false);
        if (halt.IsCancellationRequested)
        {
            return;
        }

        Journal?.Begin(chunk.Number, time.GetUtcNow());
        _underWay.Enqueue((chunk, Task.Run(() => delivery.RunAsync(chunk, isOld ? null : inDoubtSince, halt.Token, abort), CancellationToken.None)));
    }

    private async Task FinishAsync(CancellationTokenSource halt)
    {
        var (chunk, running) = _underWay.Dequeue();
        var result = await running.ConfigureAwait(false);
        result.Rejections.Sort((a, b) => a.Line.CompareTo(b.Line));
        Rejected?.Write(result.Rejections);
        result.Rejections.ForEach(Problems.Add);
        _totals += new Totals(result.Delivered, result.Rejections.Count, 0);
        _now += result.Delivered + result.Rejections.Count;
        if (result.Left is { } left)
        {
            Journal?.Leave(chunk.Number, left, _totals, Rejected?.Length ?? 0);
            Obstacle ??= result.Obstacle;
            await halt.CancelAsync().ConfigureAwait(false);
        }
        else
        {
            Journal?.End(chunk.Number, _totals, Rejected?.Length ?? 0);
        }

        Report();
    }

    // So that on average no more than the rate leaves, and never more than a chunk at once.
    private async Task PaceAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (Rate is not { } rate)
        {
            return;
        }

        var now = time.GetUtcNow();
        if (_nextMayBegin > now)
        {
            await Task.Delay(_nextMayBegin - now, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _nextMayBegin = (_nextMayBegin > now ? _nextMayBegin : now) + TimeSpan.FromSeconds((double)chunk.Candidates.Count / rate);
    }

    private bool IsOld(DateTimeOffset? inDoubtSince) => time.GetUtcNow() - inDoubtSince > ChunkDelivery.SafeToRepeat;

    // Before anything is sent: whoever runs this has to decide first.
    private void RefuseOldDoubt()
    {
        var old = Journal?.Open.Where(chunk => IsOld(chunk.Value.InDoubtSince)).ToList() ?? [];
        if (old.Count > 0 && InDoubt == InDoubtChoice.Ask)
        {
            var events = old.Sum(chunk => chunk.Value.Left?.Count ?? Chunk.MaxEvents);
            throw new ToolException(
                $"The last run ended while it was sending up to {events:N0} events, from {old.Min(chunk => chunk.Value.InDoubtSince):yyyy-MM-dd HH:mm:ss} UTC on. " +
                "Roku may have them, and recognizes an id for 10 minutes only. Look in Ads Manager, then run again with --in-doubt send (may count them twice) or --in-doubt skip (may leave them out).",
                ExitCode.InDoubt);
        }
    }

    private void Report() =>
        Progress.State = new ProgressState(input.Progress is { } progress ? (double)progress.Read / Math.Max(progress.Total, 1) : null, Totals, _now);
}

internal enum InDoubtChoice
{
    Ask,
    Send,
    Skip,
}
