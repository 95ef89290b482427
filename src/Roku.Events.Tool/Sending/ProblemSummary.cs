namespace Roku.Events.Tool.Sending;

// Which problems there are and how many of each, with the first lines that have them.
internal sealed class ProblemSummary
{
    private const int MaxKinds = 50;
    private const int MaxLines = 5;

    private readonly Dictionary<Problem, (long Count, List<long> Lines)> _kinds = [];

    // Problems of kinds beyond those that are kept.
    public long Others { get; private set; }

    public IEnumerable<(Problem Problem, long Count, IReadOnlyList<long> Lines)> MostFrequent =>
        _kinds.OrderByDescending(kind => kind.Value.Count).Select(kind => (kind.Key, kind.Value.Count, (IReadOnlyList<long>)kind.Value.Lines));

    public void Add(Rejection rejection)
    {
        foreach (var problem in rejection.Problems)
        {
            if (!_kinds.TryGetValue(problem, out var kind) && _kinds.Count == MaxKinds)
            {
                Others++;
                continue;
            }

            kind.Lines ??= [];
            if (kind.Lines.Count < MaxLines)
            {
                kind.Lines.Add(rejection.Line);
            }

            _kinds[problem] = (kind.Count + 1, kind.Lines);
        }
    }
}
