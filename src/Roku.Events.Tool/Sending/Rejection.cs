namespace Roku.Events.Tool.Sending;

// An event of the file that is not delivered, by the first line of its rows.
internal sealed record Rejection(long Line, string? EventId, IReadOnlyList<Problem> Problems);
