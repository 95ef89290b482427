namespace Roku.Events.Chaos;

// What became of the events of one seed, or of all.
internal sealed class Tally
{
    public long Events { get; set; }

    public long Accepted { get; set; }

    public long Delivered { get; set; }

    public long Rejected { get; set; }

    public long Expired { get; set; }

    public long Dropped { get; set; }

    public long Lost { get; set; }

    public long Misreported { get; set; }

    public long HandedOver { get; set; }

    // Offered to a handler that threw or had no time left, and reported as such.
    public long NotTaken { get; set; }

    public List<string> Problems { get; } = [];

    public bool IsRight => Lost == 0 && Misreported == 0 && Problems.Count == 0;

    public void Add(Tally other)
    {
        Events += other.Events;
        Accepted += other.Accepted;
        Delivered += other.Delivered;
        Rejected += other.Rejected;
        Expired += other.Expired;
        Dropped += other.Dropped;
        HandedOver += other.HandedOver;
        NotTaken += other.NotTaken;
        Lost += other.Lost;
        Misreported += other.Misreported;
    }

    public override string ToString() =>
        $"events={Events} accepted={Accepted} delivered={Delivered} rejected={Rejected} expired={Expired} dropped={Dropped} lost={Lost} misreported={Misreported}";
}
