using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

// One request and its answer.
internal sealed class EventsEndpoint(LiveSettings settings, IHttpClientFactory httpClientFactory, string httpClientName, TimeProvider timeProvider, ILogger logger)
{
    // Told to the retries of the HTTP pipeline: this request is a probe of the dispatcher, which does its own waiting.
    public static readonly HttpRequestOptionsKey<bool> SingleAttempt = new("Roku.Events.SingleAttempt");

    private const int MaxAnswerBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly HttpClient _lastHttpClient = httpClientFactory.CreateClient(httpClientName);

    // Every failure is an answer, cancellation too: what was delivered before it stays on the books.
    public async Task<RokuAnswer> PostAsync(EventBatch batch, Uri uri, bool singleAttempt, CancellationToken cancellationToken)
    {
        var options = settings.Options;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new EventBatchContent(batch) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
            request.Headers.Accept.Add(Json);
            request.Options.Set(SingleAttempt, singleAttempt);

            using var response = await CreateHttpClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);

            using var timeout = new CancellationTokenSource(options.Delivery.RequestTimeout, timeProvider);
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            var body = await ReadBodyAsync(response.Content, reading.Token).ConfigureAwait(false);
            return RokuAnswer.Read(response.StatusCode, body.Span, RetryAfter(response.Headers.RetryAfter), options.ApiKey);
        }
        catch (Exception exception)
        {
            if (exception is not (HttpRequestException or IOException or OperationCanceledException or Polly.ExecutionRejectedException))
            {
                logger.DeliveryFailedUnexpectedly(settings.Name, exception);
            }

            return RokuAnswer.NoAnswer(exception);
        }
    }

    // A client for each request, so that the factory can rotate handlers and DNS. It makes none once the container is
    // being disposed, which is when a program without a host sends its last batch.
    private HttpClient CreateHttpClient()
    {
        try
        {
            return httpClientFactory.CreateClient(httpClientName);
        }
        catch (ObjectDisposedException)
        {
            return _lastHttpClient;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
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

        return buffer.AsMemory(0, length);
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - timeProvider.GetUtcNow() : null);
        return wait is not { } value || value <= TimeSpan.Zero ? null
            : value < LongestRetryAfter ? value : LongestRetryAfter;
    }
}
