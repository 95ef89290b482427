using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Roku.Events;

// Log lines and measurements that come up under the dispatcher's lock wait here until it is released: whoever listens may
// be slow, or use the dispatcher.
internal sealed class Notices(ILogger logger)
{
    private readonly ConcurrentQueue<Action<ILogger>> _waiting = new();

    public void Add(Action<ILogger> notice) => _waiting.Enqueue(notice);

    public void Publish()
    {
        while (_waiting.TryDequeue(out var notice))
        {
            notice(logger);
        }
    }
}
