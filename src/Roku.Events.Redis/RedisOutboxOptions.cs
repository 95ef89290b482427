using StackExchange.Redis;

namespace Roku.Events;

/// <summary>Settings of an outbox in Redis.</summary>
public sealed class RedisOutboxOptions
{
    /// <summary>What the names of the keys begin with: <c>{Key:client}:events</c>, <c>:histories</c> and <c>:dead</c>. The braces keep them in one slot of a cluster.</summary>
    /// <value><c>roku-events</c>. Not empty, without braces. Hosts that share the work have the same one.</value>
    public string Key { get; set; } = "roku-events";

    /// <summary>Bytes of Redis's memory that waiting events may take, as <c>MEMORY USAGE</c> has it. Each host looks once a second, so several may go beyond it by a second's events.</summary>
    /// <value>268,435,456 (256 MiB). At least 4,194,304. What happens then is <see cref="QueueOptions.WhenFull"/>; nothing is trimmed.</value>
    public long MaxBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>How long the events of a host that died, or lost its connection, stay with it before another takes them.</summary>
    /// <value>1 minute; from 5 seconds to an hour. A living host renews its claim.</value>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection that the host has already; it is not closed with the client. Called once, when the connection is first needed.</summary>
    /// <value>Null: a connection is made from the configuration.</value>
    public Func<IServiceProvider, Task<IConnectionMultiplexer>>? ConnectionMultiplexerFactory { get; set; }
}
