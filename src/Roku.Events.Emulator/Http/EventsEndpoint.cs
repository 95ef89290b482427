using System.Net;

namespace Roku.Events.Emulator;

// Every rule here is one of roku-api.md, "Transport" and "Response".
internal sealed class EventsEndpoint(RokuEmulatorOptions options, TimeProvider time, EmulatorRecord record)
{
    public const int MaxBytes = 1_000_000;
    public const int MaxEvents = 1_000;

    private readonly HeadRules _head = new(options.ApiKey);
    private EmulatorFaultPlan? _faults;
    private StandingFault _standing = StandingFault.None;

    public EmulatorFaultPlan? Faults
    {
        get => Volatile.Read(ref _faults);
        set => Volatile.Write(ref _faults, value);
    }

    public StandingFault Standing
    {
        get => Volatile.Read(ref _standing);
        set => Volatile.Write(ref _standing, value);
    }

    public async Task<EmulatorAnswer> AnswerAsync(IncomingRequest request, CancellationToken cancellationToken)
    {
        var receivedAt = time.GetUtcNow();
        var fault = record.NextScripted() ?? Standing.Fault ?? Faults?.Next();
        using var body = new BoundedBody(MaxBytes);
        var complete = await body.TryFillAsync(request, cancellationToken).ConfigureAwait(false);

        using var envelope = BatchEnvelope.Read(complete ? body.Written : default);
        var review = new BatchReview(receivedAt);
        HeadRules.Warn(request, review);
        var refusal = fault?.Refusal() ?? _head.Refuse(request) ?? (complete ? RefuseEnvelope(envelope) : TooLarge());
        var answer = refusal ?? ReviewEvents(envelope, review);

        var ingests = refusal is null && request.Path == HeadRules.IngestPath;
        var accepted = ingests ? Accepted(envelope, review, answer.Status) : [];
        var received = new ReceivedRequest(request.Method, request.Path, receivedAt)
        {
            Bytes = complete ? body.Length : request.ContentLength ?? body.Length,
            EventGroupId = envelope.EventGroupId,
            EventCount = envelope.EventCount,
            Status = answer.Status,
            Problems = answer.Problems,
            Warnings = review.Warnings,
            Fault = fault?.Kind.ToString(),
        };
        record.Add(received, accepted, ingests ? review.FailedEvents.Count : 0);
        return fault is null ? answer : fault.Spoil(answer);
    }

    private static EmulatorAnswer TooLarge() => EmulatorAnswer.Error(
        HttpStatusCode.RequestEntityTooLarge,
        new(ProblemCode.PayloadTooLarge, field: null, $"The body is larger than {MaxBytes} bytes."));

    private EmulatorAnswer? RefuseEnvelope(BatchEnvelope envelope)
    {
        if (envelope.Problem is not null)
        {
            return EmulatorAnswer.Error(HttpStatusCode.BadRequest, envelope.Problem);
        }

        if (options.EventGroupId is { } group && group != envelope.EventGroupId)
        {
            var hint = group.Equals(envelope.EventGroupId, StringComparison.OrdinalIgnoreCase) ? " Ids are case-sensitive." : "";
            return EmulatorAnswer.Error(
                HttpStatusCode.Forbidden,
                new(ProblemCode.Forbidden, "event_group_id", "The event group does not belong to the ad account of this API key." + hint));
        }

        return envelope.EventCount switch
        {
            0 => EmulatorAnswer.Error(HttpStatusCode.BadRequest, new(ProblemCode.NoEvents, "events", "The request carries no event.")),
            > MaxEvents => EmulatorAnswer.Error(
                HttpStatusCode.BadRequest,
                new(ProblemCode.TooManyEvents, "events", $"The request carries {envelope.EventCount} events; at most {MaxEvents} are allowed.")),
            _ => null,
        };
    }

    private EmulatorAnswer ReviewEvents(BatchEnvelope envelope, BatchReview review)
    {
        var index = 0;
        var standing = Standing;
        foreach (var json in envelope.Events.EnumerateArray())
        {
            review.Begin(index++, json);
            EventRules.Check(json, review);
            if (options.RefuseWhen?.Invoke(json) is { } reason)
            {
                review.Refuse(ProblemCode.InvalidEvents, "event", reason);
            }

            if (standing.RefusesNextEvent())
            {
                review.Refuse(ProblemCode.InvalidEvents, "event", $"is refused, as every event number {standing.RefusesEvery} is while the fault 210 is on.");
            }
        }

        var rejection = standing.RefusesEvery > 0 ? RejectionMode.Partial : options.Rejection;
        return (review.FailedEvents.Count, rejection) switch
        {
            (0, _) => EmulatorAnswer.Accepted(index),
            (_, RejectionMode.Partial) => EmulatorAnswer.PartlyAccepted(index, review.Problems, options.FailedEvents),
            (var failed, _) => EmulatorAnswer.Refused(index, failed, review.Problems, options.FailedEvents),
        };
    }

    private static List<ReceivedEvent> Accepted(BatchEnvelope envelope, BatchReview review, HttpStatusCode status)
    {
        if (status == HttpStatusCode.BadRequest)
        {
            return [];
        }

        // One copy of a wholly accepted batch is much cheaper than a copy of each event. A batch with refused events is
        // copied event by event, so that what is remembered does not hold on to them.
        var whole = review.FailedEvents.Count == 0;
        var events = whole ? envelope.Events.Clone() : envelope.Events;
        var accepted = new List<ReceivedEvent>(envelope.EventCount - review.FailedEvents.Count);
        var index = 0;
        foreach (var json in events.EnumerateArray())
        {
            if (whole || !review.FailedEvents.Contains(index))
            {
                accepted.Add(new ReceivedEvent(whole ? json : json.Clone(), envelope.EventGroupId!, review.ReceivedAt) { Warnings = review.WarningsOf(index) });
            }

            index++;
        }

        return accepted;
    }
}
