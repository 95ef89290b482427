using System.Numerics;

namespace Roku.Events;

// The books: every event that was accepted comes by here once more with its outcome, which goes to the counts, the metrics
// and the dead letters. Guarded by the dispatcher's lock.
internal sealed class EventLedger(EventMetrics metrics, DeadLetterQueue? deadLetters, Notices notices)
{
    public const string TooLate = "too late: Roku could count it twice";

    private const string NoRoom = "the queue was full";

    private long _vetoed;

    public long Accepted { get; private set; }

    public long Delivered { get; private set; }

    public long Rejected { get; private set; }

    public long Expired { get; private set; }

    public long Dropped { get; private set; }

    public long Batches { get; private set; }

    public long HandedOver => deadLetters?.HandedOver ?? 0;

    public long Vetoed => Volatile.Read(ref _vetoed);

    // Memory that dead letters take from what the queue may hold.
    public long ClaimedBytes => Math.Max(0, (deadLetters?.HeldBytes ?? 0) - DeadLetterQueue.FreeBytes);

    public DispatcherCounts Counts(long waiting, long waitingBytes) => new()
    {
        Accepted = Accepted,
        Delivered = Delivered,
        Rejected = Rejected,
        Expired = Expired,
        Dropped = Dropped,
        HandedOver = HandedOver,
        Vetoed = Vetoed,
        Waiting = waiting,
        WaitingBytes = waitingBytes,
        Batches = Batches,
    };

    public void Accept() => Accepted++;

    // The one entry that needs no lock.
    public void Veto()
    {
        Interlocked.Increment(ref _vetoed);
        metrics.Vetoed();
    }

    public void Settle(BatchDelivery delivery)
    {
        Delivered += delivery.Delivered;
        Rejected += delivery.Rejections.Count;
        Batches += delivery.Delivered + delivery.Rejections.Count > 0 ? 1 : 0;
        notices.Add(_ =>
        {
            metrics.Delivered(delivery.Delivered);
            foreach (var rejection in delivery.Rejections)
            {
                metrics.Rejected(rejection.Code);
            }
        });
        if (delivery.Rejected is { } rejected && deadLetters is not null)
        {
            deadLetters.Add(rejected, delivery.Rejections);
        }
        else
        {
            delivery.Rejected?.Release();
        }
    }

    public void Expire(EventBatch batch, string reason, bool late)
    {
        var count = batch.Count;
        Expired += count;
        notices.Add(_ => metrics.Expired(count, late));
        HandOver(batch, EventOutcome.Expired, reason, wasHeld: true);
    }

    public void DropForRoom(EventBatch batch)
    {
        var count = batch.Count;
        Dropped += count;
        notices.Add(_ => metrics.Dropped(count, "queue_full"));
        HandOver(batch, EventOutcome.Dropped, NoRoom, wasHeld: false);
    }

    public void DropOnArrival(ReadOnlySpan<byte> json, long now, ClientSettings settings)
    {
        Dropped++;
        notices.Add(_ => metrics.Dropped(1, "queue_full"));
        deadLetters?.Add(json, now, settings, NoRoom);
    }

    // At 1, 2, 4, 8 … thousand, not a line for each event.
    public void TellOfDrops(string client, QueueFullMode mode, long before)
    {
        var total = Dropped;
        if (before == 0 || (ulong)total / 1024 >= BitOperations.RoundUpToPowerOf2(((ulong)before / 1024) + 1))
        {
            notices.Add(logger => logger.EventsDroppedWhenFull(client, total - before, mode, total));
        }
    }

    // Its memory is left to the garbage collector: a request may still read it.
    public void DropAtShutdown(EventBatch batch, string reason)
    {
        var count = batch.Count;
        Dropped += count;
        notices.Add(_ => metrics.Dropped(count, "shutdown"));
        batch.Abandon();
        deadLetters?.Add(batch, EventOutcome.Dropped, reason, wasHeld: true);
    }

    // The outbox keeps them elsewhere.
    public void SetAside(string client, int count)
    {
        Dropped += count;
        notices.Add(logger =>
        {
            metrics.Dropped(count, "set_aside");
            logger.EventsSetAside(client, count);
        });
    }

    private void HandOver(EventBatch batch, EventOutcome outcome, string reason, bool wasHeld)
    {
        if (deadLetters is null)
        {
            batch.Release();
        }
        else
        {
            deadLetters.Add(batch, outcome, reason, wasHeld);
        }
    }
}
