using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

// One request and its answer.
internal sealed class EventsEndpoint(LiveSettings settings, IHttpClientFactory httpClientFactory, string httpClientName, TimeProvider timeProvider, EventMetrics metrics, ILogger logger)
{
    // Told to the retries of the HTTP pipeline: this request is a probe of the dispatcher, which does its own waiting.
    public static readonly HttpRequestOptionsKey<bool> SingleAttempt = new("Roku.Events.SingleAttempt");

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly HttpClient _lastHttpClient = httpClientFactory.CreateClient(httpClientName);

    // Every failure is an answer, cancellation too: what was delivered before it stays on the books. It leaves doubt when
    // the events, or a repetition of them, may have been accepted all the same.
    public async Task<(RokuAnswer Answer, bool LeavesDoubt)> PostAsync(EventBatch batch, Uri uri, bool singleAttempt, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri);
        var started = timeProvider.GetTimestamp();
        var answer = await PostAsync(request, batch, singleAttempt, cancellationToken).ConfigureAwait(false);
        metrics.Requested(answer.Kind, answer.Code, timeProvider.GetElapsedTime(started));
        return (answer, request.Options.TryGetValue(AnswerReader.InDoubt, out var inDoubt) && inDoubt);
    }

    private async Task<RokuAnswer> PostAsync(HttpRequestMessage request, EventBatch batch, bool singleAttempt, CancellationToken cancellationToken)
    {
        // Events of a group that the options have left go with the key that it had.
        var options = settings.Options;
        var apiKey = batch.Settings.Options.EventGroupId == options.EventGroupId ? options.ApiKey : batch.Settings.Options.ApiKey;
        try
        {
            request.Content = new EventBatchContent(batch);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
            request.Headers.Accept.Add(Json);
            request.Options.Set(SingleAttempt, singleAttempt);

            // A handler of the host that ignores its cancellation is left behind, not waited for.
            var sending = CreateHttpClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            using var response = await EndAsync(sending, LongestRequest(options.Delivery)).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return RokuAnswer.Read(response.StatusCode, body, RetryAfter(response.Headers.RetryAfter), apiKey);
        }
        catch (Exception exception)
        {
            if (exception is not (HttpRequestException or OperationCanceledException or TimeoutException or Polly.ExecutionRejectedException))
            {
                logger.DeliveryFailedUnexpectedly(settings.Name, exception);
            }

            return RokuAnswer.NoAnswer(exception);
        }
    }

    private async Task<HttpResponseMessage> EndAsync(Task<HttpResponseMessage> sending, TimeSpan within)
    {
        try
        {
            return await sending.WaitAsync(within, timeProvider, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            sending.LeaveBehind();
        }
    }

    // All attempts of the HTTP pipeline with the waits between them, and a minute.
    private static TimeSpan LongestRequest(DeliveryOptions delivery) =>
        (delivery.RequestTimeout * (delivery.MaxRetries + 1)) + TimeSpan.FromSeconds(Math.Pow(2, delivery.MaxRetries + 1)) + TimeSpan.FromMinutes(1);

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

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - timeProvider.GetUtcNow() : null);
        return wait is not { } value || value <= TimeSpan.Zero ? null
            : value < LongestRetryAfter ? value : LongestRetryAfter;
    }
}
