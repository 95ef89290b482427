namespace Roku.Events.Tool.Input;

// The rows of one file, read once from its beginning.
internal abstract class RowSource : IDisposable
{
    // Longer rows are refused: an unclosed quote would otherwise swallow the file.
    protected const int MaxRowBytes = 1_000_000;

    // The columns that the file names; null when each row names its own.
    public abstract IReadOnlyList<string>? Header { get; }

    protected IReadOnlyList<string> Columns { get; private set; } = [];

    protected bool HashesContent { get; private set; }

    // Which columns the rows are to hold, in this order. Called once, before the first row.
    public virtual void Select(IReadOnlyList<string> columns, bool hashesContent)
    {
        Columns = columns;
        HashesContent = hashesContent;
    }

    // The next row; null at the end.
    public abstract Row? Read();

    public abstract void Dispose();
}
