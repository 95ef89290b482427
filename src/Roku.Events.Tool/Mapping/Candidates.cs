using Roku.Events.Tool.Input;

namespace Roku.Events.Tool.Mapping;

// Groups the rows of a file. Only neighbours are grouped, so that no file is too long: one whose group comes back later is not sorted.
internal sealed class Candidates(RowSource source, FileMapping mapping)
{
    private const int MaxRows = 100_000;
    private const int Remembered = 100_000;

    private readonly LastSeen _groups = new(Remembered);
    private readonly LastSeen _ids = new(Remembered);
    private Row? _next;
    private bool _followsUnreadable;

    public long RowsRead { get; private set; }

    // Events that rules of the mapping leave out.
    public long Skipped { get; private set; }

    // The next event to be; null at the end. Same file, same mapping, same candidates.
    public Candidate? Next()
    {
        while (TakeRow() is { } row)
        {
            var followsUnreadable = _followsUnreadable;
            var rows = TakeGroup(row);
            var problemOfGroup = mapping.GroupBy is null ? null : ProblemOfGroup(rows, followsUnreadable);
            var problem = rows.Find(one => one.Problem is not null)?.Problem ?? problemOfGroup;
            if (problem is null)
            {
                rows.RemoveAll(IsSkipped);
            }

            if (rows.Count > 0)
            {
                return new Candidate(rows, problem ?? ProblemOfId(rows));
            }

            Skipped++;
        }

        return null;
    }

    // An order of which a row cannot be read must not go out with the value of the others: a row that does not even tell
    // its group spoils the one before it and the one behind.
    private List<Row> TakeGroup(Row first)
    {
        List<Row> rows = [first];
        var key = Key(first);
        _followsUnreadable = key is null;
        while (key is not null && (_next = TakeRow()) is { } next && (Key(next) == key || IsUnreadable(next)))
        {
            rows.Add(next);
            _next = null;
            _followsUnreadable = IsUnreadable(next);
            if (rows.Count > MaxRows)
            {
                throw new ToolException($"More than {MaxRows:N0} rows from line {first.Line} on belong to one event. See whether --group-by names the right column.");
            }
        }

        return rows;
    }

    private Row? TakeRow()
    {
        if (_next is { } row)
        {
            _next = null;
            return row;
        }

        row = source.Read();
        RowsRead += row is null ? 0 : 1;
        return row;
    }

    private string? Key(Row row) => mapping.GroupBy?.Evaluate(row.Values, mapping.IndexOf);

    private bool IsUnreadable(Row row) => row.Problem is not null && Key(row) is null;

    private bool IsSkipped(Row row) => mapping.Skip.Any(rule => rule.Matches(row.Values[mapping.IndexOf(rule.Column)]));

    private Problem? ProblemOfGroup(List<Row> rows, bool followsUnreadable)
    {
        if (Key(rows[0]) is not { } key)
        {
            return new("row", "has nothing in the column that groups rows", "fill it, or send these rows without grouping");
        }

        if (!_groups.IsNew(key))
        {
            return new("row", "belongs to a group whose other rows came earlier, with others between", "sort the file by the column that groups rows");
        }

        return followsUnreadable ? new("row", "follows one that cannot be read and may belong to the same group", "mend the row before it") : null;
    }

    // Roku would count the two once, and the value of one would be gone.
    private Problem? ProblemOfId(List<Row> rows)
    {
        List<string?[]> values = [rows[0].Values];
        return mapping.OwnId(values) is { } id && !_ids.IsNew($"{mapping.Value(Field.Paths.Name, values)}\n{id}")
            ? new(Field.Paths.Id, "is that of an earlier event of the file", "give each event an id of its own, or group rows that are one event with --group-by")
            : null;
    }

    // As many as fit: a file may be longer than any memory.
    private sealed class LastSeen(int capacity)
    {
        private readonly HashSet<string> _seen = [];
        private readonly Queue<string> _order = new();

        public bool IsNew(string key)
        {
            if (!_seen.Add(key))
            {
                return false;
            }

            _order.Enqueue(key);
            if (_order.Count > capacity)
            {
                _seen.Remove(_order.Dequeue());
            }

            return true;
        }
    }
}
