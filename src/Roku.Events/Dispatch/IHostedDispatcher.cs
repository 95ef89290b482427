namespace Roku.Events;

// A dispatcher as its host, its health check and its gauges see it.
internal interface IHostedDispatcher : IBatchDispatcher, IAsyncDisposable
{
    DispatcherStatus Status { get; }

    // Sends what is open without waiting for it: the head start that a host gives while its other services stop.
    void BeginFlush();

    // Closes, and delivers what waits within the drain time-out or until the token is cancelled.
    Task DrainAsync(CancellationToken cancellationToken);
}
