using Microsoft.Extensions.Options;

namespace Roku.Events;

internal sealed class RokuEventsOptionsValidator(string? clientName) : IValidateOptions<RokuEventsOptions>
{
    public ValidateOptionsResult Validate(string? name, RokuEventsOptions options)
    {
        if (name != clientName)
        {
            return ValidateOptionsResult.Skip;
        }

        var client = string.IsNullOrEmpty(name) ? "" : $" of client '{name}'";
        var failures = Problems(options).Select(problem => $"RokuEventsOptions{client}: {problem}").ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Problems(RokuEventsOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ApiKey))
        {
            yield return "ApiKey is empty. Make a key in Ads Manager (Events, CAPI) and set Roku:ApiKey, or the environment variable Roku__ApiKey.";
        }
        else if (options.ApiKey.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            yield return "ApiKey has white space or a character outside ASCII (the key is not shown). Copy it again without the line break.";
        }

        if (string.IsNullOrWhiteSpace(options.EventGroupId))
        {
            yield return "EventGroupId is empty. Copy it from Ads Manager and set Roku:EventGroupId, or the environment variable Roku__EventGroupId.";
        }

        if (options.Endpoint is not { IsAbsoluteUri: true } endpoint
            || !(endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback)))
        {
            yield return $"Endpoint is '{options.Endpoint}'. Use an absolute https address (http is taken for loopback only).";
        }

        if (!Enum.IsDefined(options.DispatchMode))
        {
            yield return $"DispatchMode is {(int)options.DispatchMode}, which is no value of {nameof(DispatchMode)}.";
        }

        foreach (var problem in LimitProblems(options))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> LimitProblems(RokuEventsOptions options)
    {
        var (batch, queue, delivery) = (options.Batch, options.Queue, options.Delivery);
        if (batch.MaxEvents is < 1 or > 1_000)
        {
            yield return $"Batch.MaxEvents is {batch.MaxEvents}. Roku accepts at most 1000 events a request. Use a value from 1 to 1000.";
        }

        if (batch.MaxBytes is < 1_000 or > 1_000_000)
        {
            yield return $"Batch.MaxBytes is {batch.MaxBytes}. A request holds at most 1000000 bytes. Use a value from 1000 to 1000000.";
        }

        if (batch.MaxAge <= TimeSpan.Zero || batch.MaxAge > TimeSpan.FromMinutes(10))
        {
            yield return $"Batch.MaxAge is {batch.MaxAge}. Use more than zero and at most 00:10:00, the time within which Roku deduplicates.";
        }

        if (queue.MaxBytes < 4 * 1024 * 1024)
        {
            yield return $"Queue.MaxBytes is {queue.MaxBytes}. Use at least 4194304 (4 MiB), so that a batch can fill while others are being sent.";
        }

        if (!Enum.IsDefined(queue.WhenFull))
        {
            yield return $"Queue.WhenFull is {queue.WhenFull}. Use Wait, DropNewest or DropOldest.";
        }

        if (delivery.MaxConcurrentRequests is < 1 or > 64)
        {
            yield return $"Delivery.MaxConcurrentRequests is {delivery.MaxConcurrentRequests}. Use a value from 1 to 64.";
        }

        if (delivery.RequestTimeout < TimeSpan.FromSeconds(1) || delivery.RequestTimeout > TimeSpan.FromMinutes(10))
        {
            yield return $"Delivery.RequestTimeout is {delivery.RequestTimeout}. Use a value from 00:00:01 to 00:10:00.";
        }

        if (delivery.MaxRetries is < 0 or > 10)
        {
            yield return $"Delivery.MaxRetries is {delivery.MaxRetries}. Use a value from 0 to 10; the dispatcher keeps trying beyond them by itself.";
        }

        if (delivery.MaxRetryDelay < TimeSpan.FromSeconds(1) || delivery.MaxRetryDelay > TimeSpan.FromDays(1))
        {
            yield return $"Delivery.MaxRetryDelay is {delivery.MaxRetryDelay}. Use a value from 00:00:01 to 1.00:00:00.";
        }

        if (delivery.MaxEventAge <= TimeSpan.Zero || delivery.MaxEventAge > TimeSpan.FromDays(365))
        {
            yield return $"Delivery.MaxEventAge is {delivery.MaxEventAge}. Use more than zero and at most 365 days; 1.00:00:00 keeps events for a day.";
        }

        if (delivery.MaxEventAge > TimeSpan.Zero && delivery.MaxEventAge < batch.MaxAge)
        {
            yield return $"Delivery.MaxEventAge is {delivery.MaxEventAge} and Batch.MaxAge is {batch.MaxAge}. Keep events at least as long as a batch may wait.";
        }

        if (delivery.WithPixel && batch.MaxAge > TimeSpan.FromMinutes(5))
        {
            yield return $"Batch.MaxAge is {batch.MaxAge} and Delivery.WithPixel is true. Roku counts the pixel's event and this one only once when they arrive within 00:10:00 of each other; use 00:01:00 (at most 00:05:00), which leaves time for retries.";
        }

        if (!Enum.IsDefined(delivery.WhenLate))
        {
            yield return $"Delivery.WhenLate is {delivery.WhenLate}. Use Send or HandOver.";
        }

        if (delivery.DrainTimeout < TimeSpan.Zero || delivery.DrainTimeout > TimeSpan.FromDays(1))
        {
            yield return $"Delivery.DrainTimeout is {delivery.DrainTimeout}. Use a value from 00:00:00 to 1.00:00:00.";
        }

        if (!Enum.IsDefined(options.Identifiers.PhoneRule))
        {
            yield return $"Identifiers.PhoneRule is {options.Identifiers.PhoneRule}. Use DigitsOnly or E164.";
        }

        if (options.Identifiers.DefaultCallingCode is { Length: > 0 } code && !IdentifierHasher.IsCallingCode(code))
        {
            yield return $"Identifiers.DefaultCallingCode is '{code}'. Use the 1 to 3 digits of a country calling code, without plus, such as 44.";
        }
    }
}
