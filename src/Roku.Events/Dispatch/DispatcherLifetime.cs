using Microsoft.Extensions.Hosting;

namespace Roku.Events;

// Drains when all other services of the host have stopped, since until then they may enqueue.
internal sealed class DispatcherLifetime(BatchDispatcher dispatcher) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        dispatcher.BeginFlush();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => dispatcher.DrainAsync(cancellationToken);
}
