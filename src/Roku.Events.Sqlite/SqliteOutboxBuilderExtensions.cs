using Microsoft.Extensions.DependencyInjection;

namespace Roku.Events;

/// <summary>Keeps the events of a client in a SQLite file until they have their outcome.</summary>
public static class SqliteOutboxBuilderExtensions
{
    /// <summary>Makes the events of this client wait in a file: what EnqueueAsync took survives a crash, and is sent after the restart.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="path">
    /// The file; its folder is made at start. It holds what Roku is sent: hashes, no plain e-mail, phone, name, birth date or gender, but IP
    /// addresses and user agents where events have them. On Unix only its owner may read it. It must be on a local disk, not a network share.
    /// </param>
    /// <param name="configure">Size, durability and time-outs.</param>
    /// <remarks>
    /// <para>EnqueueAsync completes when the event is on disk, and throws <see cref="IOException"/> when it cannot be written: the event is then not accepted.
    /// TryEnqueue throws <see cref="InvalidOperationException"/>. Several processes of one machine may share a file; each client needs its own.</para>
    /// <para>A file that cannot be opened, is damaged, or belongs to another program is an <see cref="IOException"/> when the host starts.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static RokuEventsBuilder UseSqliteOutbox(this RokuEventsBuilder builder, string path, Action<SqliteOutboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var options = new SqliteOutboxOptions();
        configure?.Invoke(options);
        Check(options);
        builder.Services.AddKeyedSingleton<IDurableOutbox>(builder.Name, (provider, _) => new SqliteOutbox(new OutboxFile(Path.GetFullPath(path), options, provider.GetService<TimeProvider>() ?? TimeProvider.System)));
        return builder;
    }

    private static void Check(SqliteOutboxOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBytes, 1_000_000, nameof(SqliteOutboxOptions.MaxBytes));
        CheckTime(options.LeaseTime, TimeSpan.FromSeconds(3), TimeSpan.FromHours(1), nameof(SqliteOutboxOptions.LeaseTime));
        CheckTime(options.BusyTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(SqliteOutboxOptions.BusyTimeout));
        if (options.BusyTimeout >= options.LeaseTime)
        {
            throw new ArgumentException($"BusyTimeout is {options.BusyTimeout} and LeaseTime {options.LeaseTime}: a process that waits for the file so long would lose its leases. Make BusyTimeout the shorter.", nameof(options));
        }

        if (!Enum.IsDefined(options.Durability))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Durability, $"Durability must be a value of {nameof(SqliteDurability)}.");
        }
    }

    private static void CheckTime(TimeSpan time, TimeSpan least, TimeSpan most, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, most, name);
    }
}
