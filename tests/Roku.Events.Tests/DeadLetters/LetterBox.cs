using System.Collections.Concurrent;

namespace Roku.Events.Tests.DeadLetters;

// A dead-letter handler that keeps what it takes.
internal sealed class LetterBox
{
    private readonly ConcurrentQueue<DeadLetter> _letters = new();

    public int Calls { get; private set; }

    // What happens before letters are taken; may throw or wait.
    public Func<int, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    public IReadOnlyList<DeadLetter> Letters => [.. _letters];

    public void AddTo(RokuEventsBuilder builder) => builder.UseDeadLetterHandler(async (letters, _, cancellationToken) =>
    {
        await Before(++Calls, cancellationToken);
        foreach (var letter in letters)
        {
            _letters.Enqueue(letter);
        }
    });
}
