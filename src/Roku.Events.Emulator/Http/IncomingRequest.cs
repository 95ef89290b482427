namespace Roku.Events.Emulator;

// What both doors, the handler and the server, know of a request.
internal sealed class IncomingRequest
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    public string? Authorization { get; init; }

    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public string? Accept { get; init; }

    public long? ContentLength { get; init; }

    public required Func<Stream, CancellationToken, Task> CopyBodyAsync { get; init; }
}
