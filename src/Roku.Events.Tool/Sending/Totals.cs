namespace Roku.Events.Tool.Sending;

// What became of the events of a file, over all the runs that it took.
internal readonly record struct Totals(long Delivered, long Rejected, long Skipped)
{
    public static Totals operator +(Totals a, Totals b) => new(a.Delivered + b.Delivered, a.Rejected + b.Rejected, a.Skipped + b.Skipped);

    public override string ToString() => $"delivered={Delivered} rejected={Rejected} skipped={Skipped}";
}
