namespace Roku.Events;

// Reads an answer to its end inside the retries, so that one that breaks off or stalls is repeated like one that never came.
internal sealed class AnswerReader : DelegatingHandler
{
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var content = response.Content;
            response.Content = await ReadAsync(content, cancellationToken).ConfigureAwait(false);
            content.Dispose();
            return response;
        }
        catch (Exception exception)
        {
            response.Dispose();
            if (exception is IOException)
            {
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer broke off.", exception);
            }

            throw;
        }
    }

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
