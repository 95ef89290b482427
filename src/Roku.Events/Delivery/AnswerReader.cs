using System.Net;

namespace Roku.Events;

// Sees every attempt, since it sits inside the retries. Reads an answer to its end, so that one that breaks off or stalls
// is repeated like one that never came; and marks a request whose events may have been accepted without a word of it.
internal sealed class AnswerReader : DelegatingHandler
{
    public static readonly HttpRequestOptionsKey<bool> InDoubt = new("Roku.Events.InDoubt");

    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var content = response.Content;
            response.Content = await ReadAsync(content, cancellationToken).ConfigureAwait(false);
            content.Dispose();
        }
        catch (Exception exception)
        {
            response?.Dispose();
            if (!NeverConnected(exception))
            {
                request.Options.Set(InDoubt, true);
            }

            if (exception is IOException)
            {
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer broke off.", exception);
            }

            throw;
        }

        // A server that is overloaded says so before it does anything; one that fails may fail afterwards.
        if ((int)response.StatusCode >= 500 && response.StatusCode != HttpStatusCode.ServiceUnavailable)
        {
            request.Options.Set(InDoubt, true);
        }

        return response;
    }

    private static bool NeverConnected(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    private static async Task<ReadOnlyMemoryContent> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[Math.Clamp(content.Headers.ContentLength ?? 512, 1, MaxAnswerBytes)];
        var length = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0)
        {
            length += read;
            if (length == buffer.Length)
            {
                // What is longer than any answer of Roku can be is read as far as that, and no JSON then.
                if (length >= MaxAnswerBytes)
                {
                    break;
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        return new ReadOnlyMemoryContent(buffer.AsMemory(0, length));
    }
}
