namespace Roku.Events;

/// <summary>One mistake in an event: where it is, which rule it breaks, and how to mend it.</summary>
/// <remarks>Never holds a value of user data. Immutable and thread-safe.</remarks>
public sealed class EventProblem
{
    internal EventProblem(string path, string message)
    {
        Path = path;
        Message = message;
    }

    /// <summary>The field's place in the JSON of the event, such as <c>custom_data.currency</c>.</summary>
    public string Path { get; }

    /// <summary>The rule and the fix, to be read after <see cref="Path"/>.</summary>
    public string Message { get; }

    /// <summary>Path and message, as one sentence.</summary>
    public override string ToString() => $"{Path} {Message}.";
}
