namespace Roku.Events.Tool.Sending;

// How far a file is, for whoever shows it: written by the sender, read at any time.
internal sealed class Progress
{
    private readonly object _gate = new();
    private ProgressState _state;

    public ProgressState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }

        set
        {
            lock (_gate)
            {
                _state = value;
            }
        }
    }
}

// Part: from 0 to 1; null when the length is not known. Now: events that this run sent, for its speed.
internal readonly record struct ProgressState(double? Part, Totals Totals, long Now);
