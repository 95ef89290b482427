namespace Roku.Events.Tool;

internal enum ExitCode
{
    Ok = 0,

    // All was done, and some events were rejected.
    SomeRejected = 1,

    // Nothing was sent: the arguments, the mapping or the file are wrong.
    Usage = 2,

    // Stopped before the end; the same command goes on from there.
    Stopped = 3,

    // Some events may have arrived, too long ago for Roku to recognize them: a person has to decide.
    InDoubt = 4,
}
