namespace Roku.Events.Emulator;

/// <summary>One thing that is wrong, or at least odd, in a request the emulator received.</summary>
/// <remarks>Immutable and safe for use by many threads. It never quotes a value of <c>user_data</c>.</remarks>
public sealed class RequestProblem
{
    internal RequestProblem(string code, string? field, string message, int? eventIndex = null, string? eventId = null)
    {
        Code = code;
        Field = field;
        Message = message;
        EventIndex = eventIndex;
        EventId = eventId;
    }

    internal string? EventName { get; init; }

    /// <summary>The kind of problem in one word, such as <c>missing_field</c>; the same word the answer carries.</summary>
    public string Code { get; }

    /// <summary>
    /// The path of the field inside its event or envelope, such as <c>user_data.em</c>; <see langword="null"/> when the
    /// problem lies elsewhere, in a header for example.
    /// </summary>
    public string? Field { get; }

    /// <summary>The explanation, for people.</summary>
    public string Message { get; }

    /// <summary>The position of the event in the request, from zero; <see langword="null"/> when it is not about one event.</summary>
    public int? EventIndex { get; }

    /// <summary>The <c>event_id</c> of that event, when it has one.</summary>
    public string? EventId { get; }
}
