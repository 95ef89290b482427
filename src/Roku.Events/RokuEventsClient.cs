using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

/// <summary>Sends events to Roku at once, without a queue, and says what became of each.</summary>
/// <remarks>
/// Registered by <c>AddRokuEvents</c>. For events that may wait some minutes use <see cref="IBatchDispatcher"/>, which
/// never makes a caller wait for the network. Thread-safe.
/// </remarks>
public sealed class RokuEventsClient
{
    private readonly LiveSettings _settings;
    private readonly EventsEndpoint _endpoint;
    private readonly IdentifierHasher _hasher;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private int _phoneRuleLogged;

    internal RokuEventsClient(LiveSettings settings, EventsEndpoint endpoint, IdentifierHasher hasher, EventHooks hooks, TimeProvider timeProvider, ILogger logger)
    {
        Hooks = hooks;
        _timeProvider = timeProvider;
        _settings = settings;
        _endpoint = endpoint;
        _hasher = hasher;
        _logger = logger;
    }

    /// <summary>Sends events now, in as many requests as the limits ask for (1,000 events, 1,000,000 bytes), one after another.</summary>
    /// <param name="events">Any number; enumerated once.</param>
    /// <param name="cancellationToken">Stops sending; what was sent before stays sent.</param>
    /// <returns>
    /// The outcome of each event. A service that cannot be reached, or refuses the key, is no exception: sending stops after
    /// the configured retries and the remaining events are reported as <see cref="EventOutcome.Undelivered"/>. An event too
    /// large for any request, or hashed by other rules than this client's, is reported as <see cref="EventOutcome.Rejected"/>, one that a hook
    /// keeps back as <see cref="EventOutcome.Vetoed"/>. The report tells all; nothing goes to the dead-letter handler.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled. No report tells what was sent before; the ids make sending again safe within 10 minutes.</exception>
    public Task<DeliveryReport> SendAsync(IEnumerable<RokuEvent> events, CancellationToken cancellationToken = default) =>
        SendAllAsync(events, _settings.Current.SendUri, cancellationToken);

    /// <summary>Has Roku check events without ingesting them (<c>/v1/test_events</c>); otherwise as <see cref="SendAsync"/>.</summary>
    /// <inheritdoc cref="SendAsync" path="/param"/>
    /// <inheritdoc cref="SendAsync" path="/exception"/>
    /// <returns>The outcome of each event; delivered means that Roku would have accepted it.</returns>
    public Task<DeliveryReport> ValidateAsync(IEnumerable<RokuEvent> events, CancellationToken cancellationToken = default) =>
        SendAllAsync(events, _settings.Current.ValidateUri, cancellationToken);

    internal EventHooks Hooks { get; }

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

    // The event's JSON, valid until the next call on this thread.
    internal ReadOnlySpan<byte> Serialize(RokuEvent rokuEvent)
    {
        if (Objection(rokuEvent) is { } objection)
        {
            throw new RokuEventValidationException(rokuEvent.Id, [objection]);
        }

        return EventSerializer.Serialize(rokuEvent);
    }

    internal RokuEventValidationException TooLarge(RokuEvent rokuEvent, int bytes) =>
        new(rokuEvent.Id, [TooLarge(bytes, _settings.Current)]);

    internal static EventProblem TooLarge(int bytes, ClientSettings settings) =>
        new("event", string.Create(CultureInfo.InvariantCulture, $"takes {bytes:N0} bytes of JSON and a request has room for {settings.MaxEventBytes:N0}; send fewer products or shorter texts"));

    // Delivers what can be delivered of one batch. A refused batch is narrowed down to its bad events.
    internal async Task<BatchDelivery> DeliverAsync(EventBatch batch, Uri uri, bool singleAttempt, CancellationToken cancellationToken)
    {
        using var activity = EventMetrics.Activities.StartActivity("roku.events.send", ActivityKind.Client, default(ActivityContext), links: batch.Links);
        activity?.SetTag("roku.client", EventMetrics.NameOf(_settings.Name));
        activity?.SetTag("roku.batch.size", batch.Count);
        activity?.SetTag("roku.batch.bytes", batch.Bytes);
        activity?.SetTag("roku.batch.attempt", batch.Attempts + 1);
        var delivery = new BatchDelivery(batch);
        await DeliverPartAsync(batch, delivery, uri, singleAttempt, cancellationToken).ConfigureAwait(false);
        activity?.SetTag("roku.events.delivered", delivery.Delivered);
        activity?.SetTag("roku.events.rejected", delivery.Rejections.Count);
        if (delivery.Obstacle is { } obstacle)
        {
            activity?.SetTag("error.type", obstacle.Code).SetStatus(ActivityStatusCode.Error, obstacle.Reason);
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

        var answer = await PostAsync(batch).ConfigureAwait(false);
        var part = batch;
        while (answer.Kind == AnswerKind.Refused && delivery.RejectNamed(part, answer) is { } rest)
        {
            Release(part);
            part = rest;
            if (part.Count == 0)
            {
                break;
            }

            answer = await PostAsync(part).ConfigureAwait(false);
        }

        if (part.Count > 0)
        {
            await ResolveAsync(part, answer).ConfigureAwait(false);
        }

        Release(part);

        async Task<RokuAnswer> PostAsync(EventBatch some)
        {
            var started = _timeProvider.GetTimestamp();
            some.Attempts++;
            var (answer, leavesDoubt) = await _endpoint.PostAsync(some, uri, singleAttempt, cancellationToken).ConfigureAwait(false);
            some.InDoubtSince ??= leavesDoubt ? started : null;
            return answer.Kind == AnswerKind.Accepted && !delivery.AllFit(some, answer) ? answer.AsRefusal() : answer;
        }

        async Task ResolveAsync(EventBatch part, RokuAnswer answer)
        {
            switch (answer.Kind)
            {
                case AnswerKind.Accepted:
                    delivery.Accept(part, answer);
                    break;
                case AnswerKind.Refused when part.Count == 1:
                    delivery.RejectAll(part, answer.Reason, answer.Code);
                    break;
                case AnswerKind.Refused:
                    var half = part.Count / 2;
                    await DeliverAsync(part.Slice(0, half)).ConfigureAwait(false);
                    await DeliverAsync(part.Slice(half, part.Count - half)).ConfigureAwait(false);
                    break;
                case AnswerKind.Unauthorized when part.Settings.Options.EventGroupId != _settings.Options.EventGroupId:
                    // Its group was wrong, or is gone with its key: the events go where the options say now.
                    _logger.EventGroupReplaced(_settings.Name, part.Count, answer.Reason);
                    foreach (var moved in delivery.MoveTo(_settings.Current, part))
                    {
                        await DeliverAsync(moved).ConfigureAwait(false);
                    }

                    break;
                default:
                    delivery.Stop(answer);
                    delivery.Keep(part);
                    break;
            }
        }

        async Task DeliverAsync(EventBatch other)
        {
            if (other.Count > 0)
            {
                await DeliverPartAsync(other, delivery, uri, singleAttempt, cancellationToken).ConfigureAwait(false);
            }

            other.Release();
        }

        // The batch that was given is its giver's to release.
        void Release(EventBatch other)
        {
            if (other != batch)
            {
                other.Release();
            }
        }
    }

    private async Task<DeliveryReport> SendAllAsync(IEnumerable<RokuEvent> events, Uri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        var failures = new List<EventFailure>();
        RokuAnswer? obstacle = null;
        var mayHaveArrived = false;
        var count = 0;
        await foreach (var batch in SplitAsync(events, failures, cancellationToken).ConfigureAwait(false))
        {
            var last = batch.OrdinalAt(batch.Count - 1);
            if (obstacle is null)
            {
                var delivery = await DeliverAsync(batch, uri, singleAttempt: false, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                failures.AddRange(delivery.Rejections.Select(rejection => new EventFailure(rejection.Ordinal, rejection.EventId, EventOutcome.Rejected, rejection.Reason)));
                obstacle = delivery.Obstacle;
                mayHaveArrived |= delivery.Remainder?.InDoubtSince is not null;
                AddUndelivered(delivery.Remainder);
                delivery.Remainder?.Release();
                delivery.Rejected?.Release();
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
        return new DeliveryReport(count, failures, obstacle?.RetryAfter) { MayHaveArrived = mayHaveArrived };

        void AddUndelivered(EventBatch? batch)
        {
            for (var i = 0; i < (batch?.Count ?? 0); i++)
            {
                failures.Add(new EventFailure(batch!.OrdinalAt(i), batch.IdAt(i), EventOutcome.Undelivered, obstacle!.Reason));
            }
        }
    }

    // Events into full batches; those that can be in none become failures at once.
    private async IAsyncEnumerable<EventBatch> SplitAsync(IEnumerable<RokuEvent> events, List<EventFailure> failures, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var settings = _settings.Current;
        EventBatch? batch = null;
        var index = -1;
        foreach (var given in events)
        {
            index++;
            ArgumentNullException.ThrowIfNull(given, nameof(events));
            if (await Hooks.ApplyAsync(given, cancellationToken).ConfigureAwait(false) is not { } rokuEvent)
            {
                failures.Add(new EventFailure(index, given.Id, EventOutcome.Vetoed, "a hook of this client, or limited data use, kept it back"));
                continue;
            }

            if (Objection(rokuEvent) is { } objection)
            {
                failures.Add(new EventFailure(index, rokuEvent.Id, EventOutcome.Rejected, objection.ToString()));
                continue;
            }

            batch ??= new EventBatch(settings);
            if (TryAppend(batch, rokuEvent, index, settings))
            {
                continue;
            }

            if (batch.Count > 0)
            {
                yield return batch;
                batch = new EventBatch(settings);
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
