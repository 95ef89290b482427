using Microsoft.AspNetCore.Http;

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

    public static IncomingRequest Of(HttpRequest request) => new()
    {
        Method = request.Method,
        Path = request.Path.Value ?? "",
        Authorization = request.Headers.Authorization,
        Accept = request.Headers.Accept,
        ContentType = request.Headers.ContentType,
        ContentEncoding = request.Headers.ContentEncoding,
        ContentLength = request.ContentLength,
        CopyBodyAsync = request.Body.CopyToAsync,
    };
}
