namespace Roku.Events.Tool;

// What is wrong with a row: never with a value of it.
internal sealed record Problem(string Field, string Rule, string Fix)
{
    // The library's messages read "rule; fix".
    public static Problem Of(EventProblem problem)
    {
        var cut = problem.Message.IndexOf("; ", StringComparison.Ordinal);
        return cut < 0 ? new(problem.Path, problem.Message, "") : new(problem.Path, problem.Message[..cut], problem.Message[(cut + 2)..]);
    }

    public override string ToString() => Fix.Length == 0 ? $"{Field} {Rule}" : $"{Field} {Rule}; {Fix}";
}
