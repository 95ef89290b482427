namespace Roku.Events;

// What is wrong with a posted field. Never holds its value: a page may have put anything there, and answers get logged.
internal readonly struct PostProblem(string field, string rule)
{
    private const int LongestName = 64;

    public string Field { get; } = field;

    public string Rule { get; } = rule;

    // A name is the page's text too, unless it has the shape of one.
    public static string NameOf(string parent, string name) =>
        parent + (name is { Length: > 0 and <= LongestName } && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetter(c) || c == '_') ? name : "?");
}
