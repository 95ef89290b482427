using System.Net;

namespace Roku.Events.Emulator;

/// <summary>What a <see cref="RokuEmulator"/> remembers of one request, whatever it answered.</summary>
/// <remarks>Immutable and safe for use by many threads. It keeps neither the API key nor the body.</remarks>
public sealed class ReceivedRequest
{
    internal ReceivedRequest(string method, string path, DateTimeOffset receivedAt)
    {
        Method = method;
        Path = path;
        ReceivedAt = receivedAt;
    }

    /// <summary>The HTTP method, such as <c>POST</c>.</summary>
    public string Method { get; }

    /// <summary>The path without a query, such as <c>/v1/events</c>.</summary>
    public string Path { get; }

    /// <summary>When the request arrived, by the emulator's <see cref="TimeProvider"/>.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>
    /// The size of the body in bytes. For a body over the limit it is the size that was announced or, when none was, what
    /// was read before reading stopped.
    /// </summary>
    public long Bytes { get; internal init; }

    /// <summary>The <c>event_group_id</c>, when the envelope could be read.</summary>
    public string? EventGroupId { get; internal init; }

    /// <summary>How many events the request carried, valid or not; zero when the envelope could not be read.</summary>
    public int EventCount { get; internal init; }

    /// <summary>The status it was answered with; 210 is Roku's partial success.</summary>
    public HttpStatusCode Status { get; internal init; }

    internal string? Fault { get; init; }

    /// <summary>Why the request, or events in it, were refused; empty when all is well or the answer was scripted.</summary>
    public IReadOnlyList<RequestProblem> Problems { get; internal init; } = [];

    /// <summary>What was accepted but deserves a look, such as a <c>custom_data</c> key that Roku does not document.</summary>
    public IReadOnlyList<RequestProblem> Warnings { get; internal init; } = [];
}
