namespace Roku.Events.Emulator;

// What the caller sent may be of any length; a message quotes the beginning.
internal static class Quote
{
    private const int MaxLength = 64;

    public static string Cut(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";
}
