using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

// A log that throws (a full disk, a provider disposed too early) must not stop delivery, and a storm of like lines must not
// bury the others: of each event id a client writes some a minute.
internal sealed class SafeLogger(ILogger inner, string client, TimeProvider timeProvider) : ILogger
{
    private const int LinesPerMinute = 20;

    private readonly ConcurrentDictionary<int, Minute> _minutes = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = logLevel < LogLevel.Information ? 1 : LineOfMinute(eventId.Id);
        try
        {
            if (line <= LinesPerMinute)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
            else if (line == LinesPerMinute + 1)
            {
                inner.LinesLeftOut(client, LinesPerMinute, eventId.Id);
            }
        }
        catch (Exception)
        {
            // Nowhere is left to report it to.
        }
    }

    private int LineOfMinute(int eventId)
    {
        var minute = _minutes.GetOrAdd(eventId, static _ => new Minute());
        lock (minute)
        {
            if (minute.Lines == 0 || timeProvider.GetElapsedTime(minute.Start) >= TimeSpan.FromMinutes(1))
            {
                (minute.Start, minute.Lines) = (timeProvider.GetTimestamp(), 0);
            }

            return ++minute.Lines;
        }
    }

    private sealed class Minute
    {
        public long Start;
        public int Lines;
    }
}
