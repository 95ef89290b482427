using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Roku.Events;

/// <summary>Keeps the events of a client in Redis until they have their outcome.</summary>
public static class RedisOutboxBuilderExtensions
{
    /// <summary>Makes the events of this client wait in a Redis stream that all hosts of a fleet share: what EnqueueAsync took survives the host, and any host sends it.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configuration">The connection string of StackExchange.Redis, such as <c>redis-1:6379,password=…,ssl=true</c>. Redis 7.0 or later. It stays out of logs and exceptions. Not read with a connection that the host has already.</param>
    /// <param name="configure">Keys, size, lease time, or a connection that the host has already.</param>
    /// <remarks>
    /// <para>EnqueueAsync completes when Redis has taken the event, and throws <see cref="IOException"/> when it cannot. An event is as durable as Redis is set up to be:
    /// with <c>appendonly yes</c> and <c>appendfsync always</c> it is on disk, with <c>everysec</c> a crash of the server may take the last second, and a fail-over takes what had not been copied.
    /// TryEnqueue throws <see cref="InvalidOperationException"/>.</para>
    /// <para>An event whose lease ended ten times without an outcome, because its host died, is moved to the stream <c>:dead</c>, logged, and counted as dropped.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The configuration or an option is not valid.</exception>
    public static RokuEventsBuilder UseRedisOutbox(this RokuEventsBuilder builder, string configuration, Action<RedisOutboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        var options = new RedisOutboxOptions();
        configure?.Invoke(options);
        Check(options);
        var parsed = options.ConnectionMultiplexerFactory is null ? Parse(configuration) : null;
        var name = builder.Name;
        builder.Services.AddKeyedSingleton<IDurableOutbox>(name, (provider, _) =>
        {
            var connection = options.ConnectionMultiplexerFactory is { } factory
                ? new RedisConnection(() => factory(provider), isOurs: false)
                : new RedisConnection(async () => await ConnectionMultiplexer.ConnectAsync(parsed!).ConfigureAwait(false), isOurs: true);
            return new RedisOutbox(name, connection, options, provider.GetService<TimeProvider>() ?? TimeProvider.System);
        });
        return builder;
    }

    private static ConfigurationOptions Parse(string configuration)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        var parsed = ConfigurationOptions.Parse(configuration);
        parsed.AbortOnConnectFail = false;
        return parsed.EndPoints.Count > 0
            ? parsed
            : throw new ArgumentException("The configuration names no Redis server; use one such as 'localhost:6379'.", nameof(configuration));
    }

    private static void Check(RedisOutboxOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Key, nameof(RedisOutboxOptions.Key));
        if (options.Key.AsSpan().ContainsAny('{', '}'))
        {
            throw new ArgumentException("Key must not have braces: they are put around it.", nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBytes, 4 * 1024 * 1024, nameof(RedisOutboxOptions.MaxBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LeaseTime, TimeSpan.FromSeconds(5), nameof(RedisOutboxOptions.LeaseTime));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.LeaseTime, TimeSpan.FromHours(1), nameof(RedisOutboxOptions.LeaseTime));
    }
}
