using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

/// <summary>Sends events to Roku at once, without a queue, and says what became of each.</summary>
/// <remarks>
/// Registered by <c>AddRokuEvents</c>. For events that may wait some minutes use <see cref="IBatchDispatcher"/>, which
/// never makes a caller wait for the network. Thread-safe.
/// </remarks>
public sealed class RokuEventsClient
{
    internal static readonly HttpRequestOptionsKey<bool> SingleAttempt = new("Roku.Events.SingleAttempt");

    private const int MaxAnswerBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly LiveSettings _settings;
    private readonly IHttpClientFactory _httpClientFactory;
    private readonly string _httpClientName;
    private readonly IdentifierHasher _hasher;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly HttpClient _lastHttpClient;
    private int _phoneRuleLogged;

    internal RokuEventsClient(LiveSettings settings, IHttpClientFactory httpClientFactory, string httpClientName, IdentifierHasher hasher, TimeProvider timeProvider, ILogger logger)
    {
        _settings = settings;
        _httpClientFactory = httpClientFactory;
        _httpClientName = httpClientName;
        _hasher = hasher;
        _timeProvider = timeProvider;
        _logger = logger;
        _lastHttpClient = httpClientFactory.CreateClient(httpClientName);
    }

    /// <summary>Sends events now, in as many requests as the limits ask for (1,000 events, 1,000,000 bytes), one after another.</summary>
    /// <param name="events">Any number; enumerated once.</param>
    /// <param name="cancellationToken">Stops sending; what was sent before stays sent.</param>
    /// <returns>
    /// The outcome of each event. A service that cannot be reached, or refuses the key, is no exception: sending stops after
    /// the configured retries and the remaining events are reported as <see cref="EventOutcome.Undelivered"/>. An event too
    /// large for any request, or hashed by other rules than this client's, is reported as <see cref="EventOutcome.Rejected"/>.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<DeliveryReport> SendAsync(IEnumerable<RokuEvent> events, CancellationToken cancellationToken = default) =>
        SendAllAsync(events, _settings.Current.SendUri, cancellationToken);

    /// <summary>Has Roku check events without ingesting them (<c>/v1/test_events</c>); otherwise as <see cref="SendAsync"/>.</summary>
    /// <inheritdoc cref="SendAsync" path="/param"/>
    /// <inheritdoc cref="SendAsync" path="/exception"/>
    /// <returns>The outcome of each event; delivered means that Roku would have accepted it.</returns>
    public Task<DeliveryReport> ValidateAsync(IEnumerable<RokuEvent> events, CancellationToken cancellationToken = default) =>
        SendAllAsync(events, _settings.Current.ValidateUri, cancellationToken);

    // Null when this client may send the event.
    internal EventProblem? Objection(RokuEvent rokuEvent)
    {
        if (rokuEvent.PhoneHasher is { } phoneHasher)
        {
            if (!phoneHasher.SamePhoneRuleAs(_hasher))
            {
                return new EventProblem("user_data.ph", $"was hashed by the rule {phoneHasher.PhoneRule} but this client's options say {_hasher.PhoneRule}; inject IdentifierHasher and pass it to RokuEvent.Create");
            }

            if (Interlocked.Exchange(ref _phoneRuleLogged, 1) == 0)
            {
                _logger.PhoneRuleInForce(_settings.Name, _hasher.PhoneRule);
            }
        }

        return rokuEvent.EmailHasher is { } emailHasher && !emailHasher.SameEmailRuleAs(_hasher)
            ? new EventProblem("user_data.em", "was hashed by another alias rule than this client's options say; inject IdentifierHasher and pass it to RokuEvent.Create")
            : null;
    }

    internal static EventProblem TooLarge(int bytes, ClientSettings settings) =>
        new("event", $"takes {bytes:N0} bytes of JSON and a request has room for {settings.MaxEventBytes:N0}; send fewer products or shorter texts");

    // Delivers what can be delivered of one batch. A refused batch is narrowed down to its bad events.
    internal async Task<BatchDelivery> DeliverAsync(EventBatch batch, Uri uri, bool singleAttempt, CancellationToken cancellationToken)
    {
        var delivery = new BatchDelivery();
        await DeliverPartAsync(batch, delivery, uri, singleAttempt, cancellationToken).ConfigureAwait(false);
        foreach (var reason in delivery.Unmatched)
        {
            _logger.UnmatchedFailure(_settings.Name, reason);
        }

        return delivery;
    }

    private async Task DeliverPartAsync(EventBatch batch, BatchDelivery delivery, Uri uri, bool singleAttempt, CancellationToken cancellationToken)
    {
        if (delivery.Obstacle is not null)
        {
            delivery.Keep(batch);
            return;
        }

        var answer = await PostAsync(batch, uri, singleAttempt, cancellationToken).ConfigureAwait(false);
        switch (answer.Kind)
        {
            case AnswerKind.Accepted:
                delivery.Accept(batch, answer);
                break;
            case AnswerKind.Refused when delivery.RejectNamed(batch, answer) is { } rest:
                await DeliverRestAsync(rest).ConfigureAwait(false);
                break;
            case AnswerKind.Refused when batch.Count == 1:
                delivery.RejectAll(batch, answer.Reason);
                break;
            case AnswerKind.Refused:
                var half = batch.Count / 2;
                await DeliverRestAsync(batch.Slice(0, half)).ConfigureAwait(false);
                await DeliverRestAsync(batch.Slice(half, batch.Count - half)).ConfigureAwait(false);
                break;
            default:
                delivery.Stop(answer);
                delivery.Keep(batch);
                break;
        }

        async Task DeliverRestAsync(EventBatch part)
        {
            if (part.Count > 0)
            {
                await DeliverPartAsync(part, delivery, uri, singleAttempt, cancellationToken).ConfigureAwait(false);
            }

            part.Release();
        }
    }

    // Every failure is an answer, cancellation too: what was delivered before it stays on the books.
    private async Task<RokuAnswer> PostAsync(EventBatch batch, Uri uri, bool singleAttempt, CancellationToken cancellationToken)
    {
        var options = _settings.Options;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new EventBatchContent(batch) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
            request.Headers.Accept.Add(Json);
            request.Options.Set(SingleAttempt, singleAttempt);

            using var response = await CreateHttpClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);

            using var timeout = new CancellationTokenSource(options.Delivery.RequestTimeout, _timeProvider);
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            var body = await ReadBodyAsync(response.Content, reading.Token).ConfigureAwait(false);
            return RokuAnswer.Read(response.StatusCode, body.Span, RetryAfter(response.Headers.RetryAfter), options.ApiKey);
        }
        catch (Exception exception)
        {
            if (exception is not (HttpRequestException or IOException or OperationCanceledException or Polly.ExecutionRejectedException))
            {
                _logger.DeliveryFailedUnexpectedly(_settings.Name, exception);
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
            return _httpClientFactory.CreateClient(_httpClientName);
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
        var wait = header?.Delta ?? (header?.Date is { } date ? date - _timeProvider.GetUtcNow() : null);
        return wait is not { } value || value <= TimeSpan.Zero ? null
            : value < LongestRetryAfter ? value : LongestRetryAfter;
    }

    private async Task<DeliveryReport> SendAllAsync(IEnumerable<RokuEvent> events, Uri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        var failures = new List<EventFailure>();
        var unmatched = new List<string>();
        RokuAnswer? obstacle = null;
        var count = 0;
        foreach (var batch in Split(events, failures))
        {
            var last = batch.OrdinalAt(batch.Count - 1);
            if (obstacle is null)
            {
                var delivery = await DeliverAsync(batch, uri, singleAttempt: false, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                failures.AddRange(delivery.Rejections.Select(rejection => new EventFailure(rejection.Ordinal, rejection.EventId, EventOutcome.Rejected, rejection.Reason)));
                unmatched.AddRange(delivery.Unmatched);
                obstacle = delivery.Obstacle;
                AddUndelivered(delivery.Remainder);
                delivery.Remainder?.Release();
            }
            else
            {
                AddUndelivered(batch);
            }

            batch.Release();
            count = last + 1;
        }

        failures.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        count = Math.Max(count, failures.Count == 0 ? 0 : failures[^1].Index + 1);
        return new DeliveryReport(count, failures, unmatched, obstacle?.RetryAfter);

        void AddUndelivered(EventBatch? batch)
        {
            for (var i = 0; i < (batch?.Count ?? 0); i++)
            {
                failures.Add(new EventFailure(batch!.OrdinalAt(i), batch.IdAt(i), EventOutcome.Undelivered, obstacle!.Reason));
            }
        }
    }

    // Events into full batches; those that can be in none become failures at once.
    private IEnumerable<EventBatch> Split(IEnumerable<RokuEvent> events, List<EventFailure> failures)
    {
        var settings = _settings.Current;
        EventBatch? batch = null;
        var index = -1;
        foreach (var rokuEvent in events)
        {
            index++;
            ArgumentNullException.ThrowIfNull(rokuEvent, nameof(events));
            if (Objection(rokuEvent) is { } objection)
            {
                failures.Add(new EventFailure(index, rokuEvent.Id, EventOutcome.Rejected, objection.ToString()));
                continue;
            }

            batch ??= new EventBatch(settings.EnvelopeStart);
            if (TryAppend(batch, rokuEvent, index, settings))
            {
                continue;
            }

            if (batch.Count > 0)
            {
                yield return batch;
                batch = new EventBatch(settings.EnvelopeStart);
            }

            if (!TryAppend(batch, rokuEvent, index, settings))
            {
                failures.Add(new EventFailure(index, rokuEvent.Id, EventOutcome.Rejected, TooLarge(EventSerializer.Serialize(rokuEvent).Length, settings).ToString()));
            }
        }

        if (batch is { Count: > 0 })
        {
            yield return batch;
        }
    }

    private static bool TryAppend(EventBatch batch, RokuEvent rokuEvent, int index, ClientSettings settings)
    {
        var json = EventSerializer.Serialize(rokuEvent);
        if (!batch.HasRoomFor(json.Length, settings.Options.Batch))
        {
            return false;
        }

        batch.Append(json, index, 0);
        return true;
    }
}
