namespace Roku.Events;

/// <summary>An event breaks Roku's rules. Thrown before anything is sent or queued; holds every mistake found, not just the first.</summary>
/// <remarks>Neither the message nor <see cref="Problems"/> repeats a value of user data.</remarks>
public sealed class RokuEventValidationException : Exception
{
    internal RokuEventValidationException(string? eventId, IReadOnlyList<EventProblem> problems)
        : base(Describe(eventId, problems))
    {
        EventId = eventId;
        Problems = problems;
    }

    /// <summary>The id given to the event; null when it had none yet.</summary>
    public string? EventId { get; }

    /// <summary>Every mistake, in the order in which the fields were given.</summary>
    public IReadOnlyList<EventProblem> Problems { get; }

    private static string Describe(string? eventId, IReadOnlyList<EventProblem> problems) =>
        $"{problems.Count} {(problems.Count == 1 ? "problem" : "problems")} in {(eventId is null ? "an event without id" : $"event '{eventId}'")}: {string.Join(' ', problems)}";
}
