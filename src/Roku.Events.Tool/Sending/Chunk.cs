using Roku.Events.Tool.Mapping;

namespace Roku.Events.Tool.Sending;

// Up to a thousand events to be, the same ones on every run. Left: places of those that are to be sent; null for all.
internal sealed class Chunk(int number, IReadOnlyList<Candidate> candidates, IReadOnlySet<int>? left)
{
    public const int MaxEvents = 1_000;

    public int Number => number;

    public IReadOnlyList<Candidate> Candidates => candidates;

    public IReadOnlySet<int>? Left => left;

    public bool Includes(int place) => left is null || left.Contains(place);
}
