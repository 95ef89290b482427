using Microsoft.Extensions.Hosting;

namespace Roku.Events;

// Drains when all other services of the host have stopped, since until then they may enqueue. All clients at once: one
// whose server hangs must not use up the time of the others.
internal sealed class DispatcherLifetime(IReadOnlyList<IHostedDispatcher> dispatchers) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        foreach (var dispatcher in dispatchers)
        {
            dispatcher.BeginFlush();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(dispatchers.Select(dispatcher => dispatcher.DrainAsync(cancellationToken)));
}
