using System.Text;

namespace Roku.Events.Emulator;

// A short list of words to compare UTF-8 text with, without making strings of it.
internal sealed class Utf8Words(string[] words)
{
    private readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];

    public string Listed { get; } = string.Join(", ", words);

    public bool Contains(ReadOnlySpan<byte> text)
    {
        foreach (var word in _words)
        {
            if (text.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }
}
