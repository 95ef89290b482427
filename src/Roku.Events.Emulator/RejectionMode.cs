namespace Roku.Events.Emulator;

/// <summary>How the emulator answers a request in which some events are invalid.</summary>
/// <remarks>Implementers of Roku's API have seen both behaviours, so a client has to live with both.</remarks>
public enum RejectionMode
{
    /// <summary>
    /// Each event stands for itself: the valid ones are accepted, the others are named in <c>failed_events</c>, and the
    /// status is 210.
    /// </summary>
    Partial,

    /// <summary>
    /// One invalid event refuses the request: nothing is accepted, the invalid events are named in <c>failed_events</c>,
    /// and the status is 400.
    /// </summary>
    WholeBatch,
}
