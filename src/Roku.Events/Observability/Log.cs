using Microsoft.Extensions.Logging;

namespace Roku.Events;

// Event ids are stable: alerts are built on them. No message carries an identifier, a body or the key.
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Roku events client '{Client}' hashes phone numbers by the rule {PhoneRule}. Roku matches by one rule only; if Ads Manager shows no matches, check Identifiers:PhoneRule.")]
    public static partial void PhoneRuleInForce(this ILogger logger, string client, PhoneRule phoneRule);

    [LoggerMessage(2, LogLevel.Debug, "Roku events client '{Client}' settled a batch of {Events} events, {Bytes} bytes: {Delivered} delivered, {Rejected} rejected.")]
    public static partial void BatchSettled(this ILogger logger, string client, int events, int bytes, int delivered, int rejected);

    [LoggerMessage(3, LogLevel.Warning, "Roku rejected event {EventId} of client '{Client}': {Reason}")]
    public static partial void EventRejected(this ILogger logger, string client, string eventId, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Roku events client '{Client}' could not deliver: {Reason}. {Waiting} events wait; next attempt in {Delay}.")]
    public static partial void DeliveryPaused(this ILogger logger, string client, string reason, long waiting, TimeSpan delay);

    [LoggerMessage(6, LogLevel.Information, "Roku events client '{Client}' delivers again after {Attempts} failed attempts; {Waiting} events wait.")]
    public static partial void DeliveryResumed(this ILogger logger, string client, int attempts, long waiting);

    [LoggerMessage(7, LogLevel.Error, "Roku refused the API key of client '{Client}' ({Reason}). Sending stops and {Waiting} events are kept until the key in the options changes: check that the key is valid and belongs to the ad account of the event group.")]
    public static partial void KeyRefused(this ILogger logger, string client, string reason, long waiting);

    [LoggerMessage(8, LogLevel.Error, "Roku events client '{Client}' gave up {Events} events older than {MaxAge}.")]
    public static partial void EventsExpired(this ILogger logger, string client, int events, TimeSpan maxAge);

    [LoggerMessage(9, LogLevel.Error, "The queue of Roku events client '{Client}' is full: {Events} events were dropped ({Mode}), {TotalDropped} in all.")]
    public static partial void EventsDroppedWhenFull(this ILogger logger, string client, long events, QueueFullMode mode, long totalDropped);

    [LoggerMessage(10, LogLevel.Error, "Roku events client '{Client}' shut down with {Events} events undelivered when its time ran out or its key was refused; they are dropped, and handed to the dead-letter handler if there is one. Those in flight may have arrived.")]
    public static partial void EventsDroppedAtShutdown(this ILogger logger, string client, int events);

    [LoggerMessage(11, LogLevel.Error, "Roku events client '{Client}' met an unexpected error while delivering; the batch is kept.")]
    public static partial void DeliveryFailedUnexpectedly(this ILogger logger, string client, Exception exception);

    [LoggerMessage(13, LogLevel.Warning, "Roku refused {Events} events of client '{Client}' under the event group they were accepted for ({Reason}); they are sent under the one that the options name now.")]
    public static partial void EventGroupReplaced(this ILogger logger, string client, int events, string reason);

    public static void ShutDown(this ILogger logger, string client, DispatcherCounts counts, DispatcherCounts before) => logger.ShutDown(
        client,
        counts.Accepted,
        counts.Delivered,
        counts.Rejected,
        counts.Expired,
        counts.Dropped,
        counts.HandedOver,
        before.Waiting,
        counts.Delivered - before.Delivered);

    [LoggerMessage(12, LogLevel.Information, "Roku events client '{Client}' shut down: {Accepted} events accepted, {Delivered} delivered, {Rejected} rejected, {Expired} expired, {Dropped} dropped; the dead-letter handler took {HandedOver}. Of {Waiting} that waited when it began, {Drained} were delivered.")]
    private static partial void ShutDown(this ILogger logger, string client, long accepted, long delivered, long rejected, long expired, long dropped, long handedOver, long waiting, long drained);

    [LoggerMessage(14, LogLevel.Warning, "Roku events client '{Client}' has written {Lines} lines with event id {Id} within a minute; further ones are left out until the minute is over. The metrics count all.")]
    public static partial void LinesLeftOut(this ILogger logger, string client, int lines, int id);

    [LoggerMessage(15, LogLevel.Error, "The dead-letter handler of Roku events client '{Client}' did not take {Events} events (attempt {Attempt}).")]
    public static partial void DeadLetterHandlerFailed(this ILogger logger, string client, int events, int attempt, Exception exception);

    [LoggerMessage(16, LogLevel.Error, "{Events} events that Roku events client '{Client}' gave up could not be handed to its dead-letter handler: it fails, hangs, or more wait for it than memory allows.")]
    public static partial void DeadLettersLost(this ILogger logger, string client, int events);

    [LoggerMessage(17, LogLevel.Warning, "Roku events client '{Client}' sends {Events} events that Roku can no longer deduplicate: they may be counted twice. Delivery:WhenLate decides.")]
    public static partial void EventsSentLate(this ILogger logger, string client, int events);

    [LoggerMessage(18, LogLevel.Error, "Roku events client '{Client}' gave up {Events} events that Roku can no longer deduplicate.")]
    public static partial void LateEventsHandedOver(this ILogger logger, string client, int events);

    [LoggerMessage(19, LogLevel.Error, "The outbox of Roku events client '{Client}' does not work now; it is tried again.")]
    public static partial void OutboxFailed(this ILogger logger, string client, Exception exception);

    [LoggerMessage(20, LogLevel.Information, "Roku events client '{Client}' leaves {Events} events in its outbox for the next process.")]
    public static partial void EventsLeftInOutbox(this ILogger logger, string client, long events);

    [LoggerMessage(21, LogLevel.Error, "{Events} events of Roku events client '{Client}' were set aside in the outbox: too many processes ended while they sent them.")]
    public static partial void EventsSetAside(this ILogger logger, string client, int events);
}
