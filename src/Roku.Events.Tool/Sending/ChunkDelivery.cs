using Roku.Events.Tool.Mapping;

namespace Roku.Events.Tool.Sending;

// Sends one chunk, again and again through an outage, until each of its events has its outcome or patience ends.
internal sealed class ChunkDelivery(EventFactory events, SendEvents? send, TimeSpan patience, TimeProvider time)
{
    // A minute before Roku forgets an id, so that the last repetition arrives in time.
    public static readonly TimeSpan SafeToRepeat = TimeSpan.FromMinutes(9);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // Ends with what is left when patience ends. Stop: no further attempt. Abort: not even the one under way.
    public async Task<ChunkResult> RunAsync(Chunk chunk, DateTimeOffset? inDoubtSince, CancellationToken stop, CancellationToken abort)
    {
        var result = new ChunkResult();
        var pending = Build(chunk, result);
        if (send is null)
        {
            result.Delivered = pending.Count;
            return result;
        }

        var began = time.GetUtcNow();
        for (var attempt = 1; pending.Count > 0; attempt++)
        {
            var started = time.GetUtcNow();
            DeliveryReport report;
            try
            {
                report = await send([.. pending.Select(one => one.Event)], abort).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Leave("interrupted", inDoubtSince ?? started);
            }

            pending = Account(report, pending, result);
            if (report.Undelivered == 0)
            {
                break;
            }

            inDoubtSince ??= report.MayHaveArrived ? started : null;
            var reason = report.Failures.First(failure => failure.Outcome == EventOutcome.Undelivered).Reason;
            var wait = report.RetryAfter ?? Backoff(attempt);
            var resumed = time.GetUtcNow() + wait;
            if (IsRefusedKey(reason) || resumed - began > patience || resumed - inDoubtSince > SafeToRepeat)
            {
                return Leave(reason, inDoubtSince);
            }

            try
            {
                await Task.Delay(wait, time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Leave(reason, inDoubtSince);
            }
        }

        return result;

        ChunkResult Leave(string obstacle, DateTimeOffset? since)
        {
            result.Left = new ChunkState(pending.Select(one => one.Place).ToHashSet(), since);
            result.Obstacle = obstacle;
            return result;
        }
    }

    public static bool IsRefusedKey(string reason) =>
        reason.StartsWith("HTTP 401", StringComparison.Ordinal) || reason.StartsWith("HTTP 403", StringComparison.Ordinal);

    private List<Pending> Build(Chunk chunk, ChunkResult result)
    {
        var pending = new List<Pending>(chunk.Candidates.Count);
        for (var place = 0; place < chunk.Candidates.Count; place++)
        {
            if (!chunk.Includes(place))
            {
                continue;
            }

            var candidate = chunk.Candidates[place];
            if (events.Build(candidate, out var eventId, out var problems) is { } rokuEvent)
            {
                pending.Add(new Pending(place, candidate.Line, rokuEvent));
            }
            else
            {
                result.Rejections.Add(new Rejection(candidate.Line, eventId, problems));
            }
        }

        return pending;
    }

    // Returns those without an outcome.
    private static List<Pending> Account(DeliveryReport report, List<Pending> sent, ChunkResult result)
    {
        var left = new List<Pending>(report.Undelivered);
        result.Delivered += report.Delivered;
        foreach (var failure in report.Failures)
        {
            var one = sent[failure.Index];
            if (failure.Outcome == EventOutcome.Undelivered)
            {
                left.Add(one);
            }
            else
            {
                result.Rejections.Add(new Rejection(one.Line, one.Event.Id, [new Problem("event", failure.Reason, "mend the row as the rule says")]));
            }
        }

        return left;
    }

#pragma warning disable CA5394 // Not security: it spreads attempts.
    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, attempt)) * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394

    private readonly record struct Pending(int Place, long Line, RokuEvent Event);
}

internal delegate Task<DeliveryReport> SendEvents(IReadOnlyList<RokuEvent> events, CancellationToken cancellationToken);
