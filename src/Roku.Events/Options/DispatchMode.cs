namespace Roku.Events;

/// <summary>What the dispatcher of a process does with a durable outbox, which several processes may share.</summary>
public enum DispatchMode
{
    /// <summary>Takes events and sends them.</summary>
    EnqueueAndSend,

    /// <summary>Takes events; other processes send them. FlushAsync returns at once: every event taken is in the outbox already.</summary>
    EnqueueOnly,

    /// <summary>Sends events that other processes took. EnqueueAsync throws <see cref="InvalidOperationException"/>.</summary>
    SendOnly,
}
