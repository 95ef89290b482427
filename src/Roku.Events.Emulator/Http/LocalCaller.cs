using Microsoft.AspNetCore.Http;

namespace Roku.Events.Emulator;

// Any page that the browser shows can send requests to a server on this machine, under a name of its own (DNS rebinding) or under ours.
internal static class LocalCaller
{
    public static bool IsHostLocal(HttpRequest request) => IsLoopback(request.Host.Host);

    // A program that is no browser sends no Origin.
    public static bool IsOriginLocal(HttpRequest request) =>
        request.Headers.Origin.Count == 0
        || (Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https" && IsLoopback(origin.Host));

    // Browsers of today say it; what does not say it is judged by its Origin.
    public static bool IsSameOrigin(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none"
        && (request.Headers.Origin.Count == 0 || request.Headers.Origin == $"{request.Scheme}://{request.Host}");

    private static bool IsLoopback(string host) =>
        host is "127.0.0.1" or "[::1]" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
}
