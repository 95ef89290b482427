using System.Net.Http.Headers;

namespace Roku.Events.Emulator;

// Owns nothing of the emulator, so that IHttpClientFactory may dispose it whenever it rotates handlers.
internal sealed class EmulatorHandler(EventsEndpoint endpoint, TimeProvider time) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = await endpoint.AnswerAsync(Read(request), cancellationToken).ConfigureAwait(false);

        switch (answer.Fault)
        {
            case { Kind: EmulatorFaultKind.Delay } late:
                await Task.Delay(late.Wait, time, cancellationToken).ConfigureAwait(false);
                break;
            case { Kind: EmulatorFaultKind.Hang }:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
                break;
            case { Kind: EmulatorFaultKind.Reset }:
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection broke.");
        }

        var response = new HttpResponseMessage(answer.Status)
        {
            RequestMessage = request,
            Version = request.Version,
            Content = Content(answer),
        };
        foreach (var (name, value) in answer.Headers)
        {
            // HttpClient files Allow under the content's headers.
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    private HttpContent Content(EmulatorAnswer answer)
    {
        HttpContent content = answer.Fault is { Kind: EmulatorFaultKind.Cut or EmulatorFaultKind.Slow } fault
            ? new StreamContent(new FaultyStream(answer.Body, fault, time))
            : new ReadOnlyMemoryContent(answer.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue(answer.ContentType);
        return content;
    }

    private static IncomingRequest Read(HttpRequestMessage request)
    {
        var content = request.Content;
        return new IncomingRequest
        {
            Method = request.Method.Method,
            Path = request.RequestUri?.AbsolutePath ?? "",
            Authorization = Header(request.Headers, "Authorization"),
            Accept = Header(request.Headers, "Accept"),
            ContentType = content is null ? null : Header(content.Headers, "Content-Type"),
            ContentEncoding = content is null ? null : Header(content.Headers, "Content-Encoding"),
            ContentLength = content?.Headers.ContentLength,
            CopyBodyAsync = (body, token) => content?.CopyToAsync(body, token) ?? Task.CompletedTask,
        };
    }

    private static string? Header(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
