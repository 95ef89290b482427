namespace Roku.Events.Tool.Input;

// One row of a file: the values of the columns that the mapping asks for, null where the row has none.
internal sealed class Row(long line, string?[] values)
{
    public long Line => line;

    public string?[] Values => values;

    // Why the row cannot be read as one; null when it can.
    public Problem? Problem { get; init; }

    // Told apart from other rows by all that it holds, also what no column asks for.
    public string? ContentHash { get; init; }

    // Keys of custom_data that Roku does not document, with their JSON.
    public IReadOnlyList<KeyValuePair<string, string>> Extras { get; init; } = [];
}
