using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Roku.Events;

internal sealed class DispatcherHealthCheck(IHostedDispatcher dispatcher) : IHealthCheck
{
    private const double FullShare = 0.8;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = dispatcher.Status;
        var (health, description) = Judge(status);
        var data = new Dictionary<string, object>
        {
            ["breaker"] = status.Breaker.ToString(),
            ["waiting"] = status.Waiting,
            ["waiting_bytes"] = status.WaitingBytes,
            ["max_bytes"] = status.MaxBytes,
            ["oldest_age_seconds"] = Math.Round(status.OldestAge.TotalSeconds, 1),
        };
        return Task.FromResult(new HealthCheckResult(health, description, data: data));
    }

    private static (HealthStatus Health, string Description) Judge(DispatcherStatus status) => status switch
    {
        { IsClosed: true } => (HealthStatus.Unhealthy, "The dispatcher is shut down."),
        { Breaker: BreakerState.Held } => (HealthStatus.Unhealthy, $"Roku refused the API key ({status.Obstacle}). {Waiting(status)} until the options change."),
        { Breaker: not BreakerState.Closed } => (HealthStatus.Degraded, $"Roku cannot be reached ({status.Obstacle}). {Waiting(status)}."),
        _ when status.WaitingBytes > FullShare * status.MaxBytes => (HealthStatus.Degraded, $"The queue is {status.WaitingBytes * 100 / status.MaxBytes} % full. {Waiting(status)}."),
        _ => (HealthStatus.Healthy, Waiting(status) + "."),
    };

    private static string Waiting(DispatcherStatus status) => string.Create(CultureInfo.InvariantCulture, $"{status.Waiting:N0} events wait");
}
