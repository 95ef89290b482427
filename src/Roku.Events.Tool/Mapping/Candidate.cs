using Roku.Events.Tool.Input;

namespace Roku.Events.Tool.Mapping;

// The rows that are to become one event.
internal sealed class Candidate(IReadOnlyList<Row> rows, Problem? problem)
{
    public IReadOnlyList<Row> Rows => rows;

    public long Line => rows[0].Line;

    // Why they cannot; null when nothing was found yet.
    public Problem? Problem => problem;
}
