using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

// Lines that come up under the dispatcher's lock wait here until it is released: a log may be slow, or use the dispatcher.
internal sealed class DeferredLog(ILogger logger)
{
    private readonly ConcurrentQueue<Action<ILogger>> _lines = new();

    public void Add(Action<ILogger> line) => _lines.Enqueue(line);

    public void Write()
    {
        while (_lines.TryDequeue(out var line))
        {
            line(logger);
        }
    }
}
