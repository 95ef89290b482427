using System.Globalization;

namespace Roku.Events.Emulator;

// What a page does not know yet, at most as much as it asked for.
internal sealed class LiveSlice
{
    public required bool IsReset { get; init; }

    public required long FirstEvent { get; init; }

    public required ReceivedEvent[] Events { get; init; }

    // Events that the record let go of before this page could be told of them.
    public required long Forgotten { get; init; }

    public required long FirstRequest { get; init; }

    public required ReceivedRequest[] Requests { get; init; }

    public required RecordTotals Totals { get; init; }

    public required byte[]? Figures { get; init; }

    public required LiveCursor Next { get; init; }

    public required bool HasMore { get; init; }
}

// How far a page has read: an epoch ends when the record is cleared or the program ends.
internal readonly record struct LiveCursor(string Epoch, long Event, long Request, long Figures)
{
    public static LiveCursor Parse(string? text) =>
        text?.Split('.') is [var epoch, var received, var request, var figures]
        && long.TryParse(received, NumberStyles.None, CultureInfo.InvariantCulture, out var e)
        && long.TryParse(request, NumberStyles.None, CultureInfo.InvariantCulture, out var r)
        && long.TryParse(figures, NumberStyles.None, CultureInfo.InvariantCulture, out var f)
            ? new(epoch, e, r, f)
            : default;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Event}.{Request}.{Figures}");
}
