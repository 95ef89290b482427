using StackExchange.Redis;

namespace Roku.Events;

// Made when it is first needed, so that a host starts while Redis is down, and nobody blocks.
internal sealed class RedisConnection(Func<Task<IConnectionMultiplexer>> connect, bool isOurs) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private IConnectionMultiplexer? _multiplexer;
    private IDatabase? _database;
    private bool _disposed;

    // What must be there before anything else is done.
    public Func<IDatabase, Task> Prepare { get; set; } = static _ => Task.CompletedTask;

    public async Task<T> DoAsync<T>(Func<IDatabase, Task<T>> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var database = _database ?? await ConnectAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await work(database).ConfigureAwait(false);
            }
            catch (Exception exception) when (IsGroupMissing(exception))
            {
                // Somebody emptied the server, or a fail-over came before the group had been copied.
                await Prepare(database).ConfigureAwait(false);
                return await work(database).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (Describe(exception) is { } what)
        {
            throw new IOException($"The Redis outbox {what}.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (isOurs && _multiplexer is not null)
        {
            await _multiplexer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static bool IsGroupMissing(Exception exception) => exception is KeyNotFoundException
        || (exception is RedisServerException { Message: var message } && (message.StartsWith("NOGROUP", StringComparison.Ordinal) || message.StartsWith("ERR no such key", StringComparison.Ordinal)));

    private static string? Describe(Exception exception) => exception switch
    {
        RedisTimeoutException => "did not answer in time; whether an event was accepted is not known, so enqueue it again with the same id",
        RedisConnectionException => "cannot be reached, or the connection broke; whether an event was accepted is not known, so enqueue it again with the same id",
        RedisServerException { Message: var message } when message.StartsWith("OOM", StringComparison.Ordinal) => "has no memory left (maxmemory). Raise it, or lower MaxBytes so that the outbox is full first",
        RedisServerException { Message: var message } when message.StartsWith("MISCONF", StringComparison.Ordinal) => "takes nothing because it cannot write to its disk. Look at its log",
        RedisServerException { Message: var message } when message.StartsWith("READONLY", StringComparison.Ordinal) => "is a replica that takes nothing; a fail-over may be going on",
        RedisServerException { Message: var message } when message.StartsWith("NOAUTH", StringComparison.Ordinal) || message.StartsWith("WRONGPASS", StringComparison.Ordinal) || message.StartsWith("NOPERM", StringComparison.Ordinal) => "refuses the user or the password, or does not permit a command",
        RedisException => "failed",
        _ => null,
    };

    // What a host's own factory throws may be anything.
    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        try
        {
            return await connect().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RedisException)
        {
            throw new IOException("The connection of the Redis outbox could not be made.", exception);
        }
    }

    private async Task<IDatabase> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_database is null)
            {
                _multiplexer ??= await OpenAsync().ConfigureAwait(false);
                var database = _multiplexer.GetDatabase();
                await Prepare(database).ConfigureAwait(false);
                _database = database;
            }

            return _database;
        }
        finally
        {
            _connecting.Release();
        }
    }
}
