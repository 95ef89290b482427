using System.Collections.Concurrent;
using System.Reflection;

namespace Roku.Events.Concurrency;

// The queue of the process's thread pool, whose own threads are all put to sleep: everything that anybody hands to the
// pool (work items, continuations of awaits, inside the base library too) waits here until the scheduler runs it.
internal static class PoolQueue
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly List<ConcurrentQueue<object>> Queues = FindQueues();
    private static readonly Action<Task, Thread> ExecuteTask =
        typeof(Task).GetMethod("ExecuteFromThreadPool", Hidden)?.CreateDelegate<Action<Task, Thread>>() ?? throw NotAsKnown();

    public static void PutPoolToSleep()
    {
        var threads = Environment.ProcessorCount;
        ThreadPool.SetMinThreads(threads, threads);
        if (!ThreadPool.SetMaxThreads(threads, threads))
        {
            throw NotAsKnown();
        }

        using var asleep = new CountdownEvent(threads);
        for (var i = 0; i < threads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                asleep.Signal();
                Thread.Sleep(Timeout.Infinite);
            }, null);
        }

        asleep.Wait();
        ThreadPool.UnsafeQueueUserWorkItem(static _ => { }, null);
        if (Take() is null || Take() is not null)
        {
            throw NotAsKnown();
        }
    }

    public static object? Take()
    {
        foreach (var queue in Queues)
        {
            if (queue.TryDequeue(out var item))
            {
                return item;
            }
        }

        return null;
    }

    // The async method whose continuation it is, or what else it tells of itself.
    public static string Name(object item)
    {
        var type = item.GetType();
        var shown = type.IsGenericType ? type.GetGenericArguments()[^1] : type;
        return shown.IsNested ? $"{shown.DeclaringType!.Name}.{shown.Name}" : shown.Name;
    }

    public static void Execute(object item)
    {
        if (item is Task task)
        {
            ExecuteTask(task, Thread.CurrentThread);
        }
        else
        {
            ((IThreadPoolWorkItem)item).Execute();
        }
    }

    private static List<ConcurrentQueue<object>> FindQueues()
    {
        var all = typeof(ThreadPool).GetField("s_workQueue", Hidden)?.GetValue(null) ?? throw NotAsKnown();
        return [.. all.GetType().GetFields(Hidden).Select(field => field.GetValue(all)).OfType<ConcurrentQueue<object>>()];
    }

    private static PlatformNotSupportedException NotAsKnown() =>
        new("The thread pool of this runtime is not built as that of .NET 10; PoolQueue must learn the new one.");
}
