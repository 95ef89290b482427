using System.Globalization;
using StackExchange.Redis;

namespace Roku.Events;

// One stream, and one consumer group that all hosts share. An event that a host has is pending for it, with an idle time that
// the host keeps low; one whose idle time has reached the lease time belongs to nobody, because its host died or gave it back.
internal sealed class RedisOutbox : IDurableOutbox
{
    private const int MaxDeaths = 10;
    private const double MemoryPerByte = 1.1;
    private static readonly RedisValue Group = "senders";
    private static readonly RedisValue Json = "json";
    private static readonly RedisValue EnqueuedAt = "at";

    // Those that have nothing: this one, and what others left behind.
    private static readonly string DeleteConsumers = """
        for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
          local is = {}
          for i = 1, #consumer, 2 do is[consumer[i]] = consumer[i + 1] end
          if is.pending == 0 and (is.name == ARGV[2] or is.idle > 3600000) then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], is.name)
          end
        end
        """;

    private readonly RedisConnection _connection;
    private readonly RedisOutboxOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly RedisKey _events;
    private readonly RedisKey _histories;
    private readonly RedisKey _setAside;
    private readonly RedisValue _consumer = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly TimeSpan _claimInterval;
    private readonly object _lock = new();

    // Guarded by _lock.
    private double _averageBytes;
    private double _knownBytes;
    private long? _lastClaim;
    private (int Events, DateTimeOffset? Oldest) _claimable;

    public RedisOutbox(string clientName, RedisConnection connection, RedisOutboxOptions options, TimeProvider timeProvider)
    {
        // In braces: a cluster keeps the three in one slot.
        var tag = $"{{{options.Key}:{(clientName.Length == 0 ? "default" : clientName)}}}";
        (_events, _histories, _setAside) = (tag + ":events", tag + ":histories", tag + ":dead");
        _connection = connection;
        _options = options;
        _timeProvider = timeProvider;
        _claimInterval = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerSecond, options.LeaseTime.Ticks / 4));
        connection.Prepare = CreateGroupAsync;
    }

    public long MaxBytes => _options.MaxBytes;

    private long LeaseMilliseconds => (long)_options.LeaseTime.TotalMilliseconds;

    public async Task<bool> AppendAsync(ReadOnlyMemory<byte> json, DateTimeOffset enqueuedAt, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_knownBytes + (json.Length * MemoryPerByte) > _options.MaxBytes)
            {
                return false;
            }

            _knownBytes += json.Length * MemoryPerByte;
            Measure(json.Length);
        }

        var fields = new NameValueEntry[] { new(Json, json), new(EnqueuedAt, enqueuedAt.ToUnixTimeMilliseconds()) };
        await _connection.DoAsync(database => database.StreamAddAsync(_events, fields), cancellationToken).ConfigureAwait(false);
        return true;
    }

    public Task<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken) => _connection.DoAsync(
        async database =>
        {
            var (streaming, grouping, weighing) = (database.StreamInfoAsync(_events), database.StreamGroupInfoAsync(_events), database.ExecuteAsync("MEMORY", "USAGE", _events));
            await Task.WhenAll(streaming, grouping, weighing).ConfigureAwait(false);
            var stream = await streaming.ConfigureAwait(false);
            var groups = (await grouping.ConfigureAwait(false)).Where(known => known.Name == Group).ToArray();
            var group = groups.Length == 1 ? groups[0] : throw new KeyNotFoundException("The consumer group is gone.");
            var bytes = (long)await weighing.ConfigureAwait(false);
            var unread = Math.Max(0, stream.Length - group.PendingMessageCount);
            var nextAt = unread > 0 ? await EnqueuedAtAsync(database, "(" + group.LastDeliveredId).ConfigureAwait(false) : null;
            if (IsTimeToClaim())
            {
                await FindClaimableAsync(database, count: 1_000).ConfigureAwait(false);
            }

            lock (_lock)
            {
                _knownBytes = bytes;
                var free = unread + _claimable.Events;
                return new OutboxStatus(
                    stream.Length,
                    stream.Length == 0 ? 0 : bytes,
                    free,
                    (long)(free * _averageBytes),
                    _claimable.Oldest < (nextAt ?? DateTimeOffset.MaxValue) ? _claimable.Oldest : nextAt,
                    stream.Length == 0 ? null : Position(stream.FirstEntry.Id),
                    Position(stream.LastGeneratedId));
            }
        },
        cancellationToken);

    public Task<OutboxLease?> TakeAsync(int maxEvents, int maxBytes, CancellationToken cancellationToken) => _connection.DoAsync(
        async database =>
        {
            var (entries, setAside) = (new List<RedisEntry>(), 0);
            if (IsTimeToClaim())
            {
                (entries, setAside) = await ClaimAsync(database, maxEvents).ConfigureAwait(false);
            }

            var fitting = CountThatFit(entries, maxBytes, out var bytes);
            if (fitting < entries.Count)
            {
                await GiveBackAsync(database, entries[fitting..], history: null).ConfigureAwait(false);
                entries.RemoveRange(fitting, entries.Count - fitting);
            }
            else
            {
                await ReadAsync(database, entries, maxEvents, maxBytes, bytes).ConfigureAwait(false);
            }

            return entries.Count == 0 && setAside == 0 ? null : (OutboxLease?)new RedisLease(entries, setAside, _timeProvider.GetTimestamp());
        },
        cancellationToken);

    public Task RenewAsync(OutboxLease lease, CancellationToken cancellationToken)
    {
        var held = (RedisLease)lease;
        var since = _timeProvider.GetElapsedTime(held.RenewedAt);
        if (since < _options.LeaseTime / 4 || since >= _options.LeaseTime || held.IsGivenBack || held.Entries.Count == 0)
        {
            // Too early, or too late: somebody else may have them now.
            return Task.CompletedTask;
        }

        return _connection.DoAsync(
            async database =>
            {
                var now = _timeProvider.GetTimestamp();
                var claimed = await database.ExecuteAsync("XCLAIM", [_events, Group, _consumer, 0, .. held.Entries.Select(entry => (object)entry.Id), "JUSTID"]).ConfigureAwait(false);
                held.RenewedAt = now;
                return claimed;
            },
            cancellationToken);
    }

    public Task CompleteAsync(OutboxLease lease, KeptEvents kept, CancellationToken cancellationToken) => _connection.DoAsync(
        async database =>
        {
            var held = (RedisLease)lease;
            var stay = kept.Positions.Concat(kept.Untouched).ToHashSet();
            await DeleteAsync(database, [.. held.Entries.Where((_, position) => !stay.Contains(position))]).ConfigureAwait(false);
            if (!held.IsGivenBack && _timeProvider.GetElapsedTime(held.RenewedAt) < _options.LeaseTime)
            {
                // Once: if the answer is lost, somebody else may have them by the next time.
                held.IsGivenBack = true;
                await GiveBackAsync(database, [.. kept.Positions.Select(position => held.Entries[position])], (kept.Attempts, kept.InDoubtSince)).ConfigureAwait(false);
                await GiveBackAsync(database, [.. kept.Untouched.Select(position => held.Entries[position])], history: null).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.DoAsync(database => database.ScriptEvaluateAsync(DeleteConsumers, [_events], [Group, _consumer]), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The next process cleans up.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    public static UInt128 Position(RedisValue id)
    {
        var parts = ((string)id!).Split('-');
        return new UInt128(ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static int CountThatFit(List<RedisEntry> entries, int maxBytes, out int bytes)
    {
        bytes = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var needed = entries[i].Stored.Json.Length + (i > 0 ? 1 : 0);
            if (i > 0 && bytes + needed > maxBytes)
            {
                return i;
            }

            bytes += needed;
        }

        return entries.Count;
    }

    private async Task CreateGroupAsync(IDatabase database)
    {
        try
        {
            await database.StreamCreateConsumerGroupAsync(_events, Group, StreamPosition.Beginning, createStream: true).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another host was first.
        }
    }

    // New events until the batch is full, as far as one can tell from what events have taken until now.
    private async Task ReadAsync(IDatabase database, List<RedisEntry> entries, int maxEvents, int maxBytes, int bytes)
    {
        while (CountToRead(entries.Count, maxEvents, maxBytes - bytes) is > 0 and var count)
        {
            StreamEntry[] read;
            try
            {
                read = await database.StreamReadGroupAsync(_events, Group, _consumer, StreamPosition.NewMessages, count).ConfigureAwait(false);
            }
            catch (Exception) when (entries.Count > 0)
            {
                break;
            }

            entries.AddRange(read.Select(entry => Entry(entry, default)));
            lock (_lock)
            {
                foreach (var entry in read)
                {
                    Measure(entry[Json].Length());
                }
            }

            var fitting = CountThatFit(entries, maxBytes, out bytes);
            if (fitting < entries.Count)
            {
                await GiveBackAsync(database, entries[fitting..], history: null).ConfigureAwait(false);
                entries.RemoveRange(fitting, entries.Count - fitting);
                break;
            }

            if (read.Length < count)
            {
                break;
            }
        }
    }

    private int CountToRead(int have, int maxEvents, int room)
    {
        lock (_lock)
        {
            var fit = (int)Math.Min(maxEvents, (room + (have == 0 ? 1 : 0)) / (1 + Math.Max(1, _averageBytes)));
            return Math.Min(maxEvents - have, have == 0 ? Math.Max(1, fit) : fit);
        }
    }

    // What its host gave back, or lost by dying.
    private async Task<(List<RedisEntry> Entries, int SetAside)> ClaimAsync(IDatabase database, int maxEvents)
    {
        var pending = await FindClaimableAsync(database, maxEvents).ConfigureAwait(false);
        if (pending.Length == 0)
        {
            return ([], 0);
        }

        // Nobody else gets those that this one does: claiming makes them busy again.
        RedisValue[] ids = [.. pending.Select(message => message.MessageId)];
        var claiming = database.StreamClaimAsync(_events, Group, _consumer, LeaseMilliseconds, ids);
        var remembering = database.HashGetAsync(_histories, ids);
        await Task.WhenAll(claiming, remembering).ConfigureAwait(false);
        var histories = await remembering.ConfigureAwait(false);
        var known = pending.Zip(histories, (message, history) => (message, history)).ToDictionary(pair => pair.message.MessageId, pair => History(pair.message, pair.history));
        var entries = (await claiming.ConfigureAwait(false)).Where(entry => !entry.IsNull).Select(entry => Entry(entry, known[entry.Id])).ToList();
        var poison = entries.Where(entry => entry.History.Deaths >= MaxDeaths).ToList();
        var healthy = entries.Except(poison).ToList();
        return (healthy, await SetAsideAsync(database, poison).ConfigureAwait(false) ? poison.Count : 0);
    }

    private async Task<StreamPendingMessageInfo[]> FindClaimableAsync(IDatabase database, int count)
    {
        var pending = await database.StreamPendingMessagesAsync(_events, Group, count, RedisValue.Null, minId: null, maxId: null, minIdleTimeInMs: LeaseMilliseconds).ConfigureAwait(false);
        var oldest = pending.Length > 0 ? await EnqueuedAtAsync(database, pending[0].MessageId).ConfigureAwait(false) : null;
        lock (_lock)
        {
            _lastClaim = pending.Length < count ? _timeProvider.GetTimestamp() : null;
            _claimable = (pending.Length, oldest);
        }

        return pending;
    }

    private bool IsTimeToClaim()
    {
        lock (_lock)
        {
            return _claimable.Events > 0 || _lastClaim is not { } last || _timeProvider.GetElapsedTime(last) >= _claimInterval;
        }
    }

    private async Task<DateTimeOffset?> EnqueuedAtAsync(IDatabase database, RedisValue firstId)
    {
        var entries = await database.StreamRangeAsync(_events, firstId, count: 1).ConfigureAwait(false);
        return entries.Length == 0 ? null : Moment((long)entries[0][EnqueuedAt]);
    }

    // Not as a transaction: a server without memory refuses those, and deleting is what helps it. Deleted first: an event that
    // is still pending, but gone, is cleared away by whoever claims it; the other way round it would stay for good.
    private async Task DeleteAsync(IDatabase database, List<RedisEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        RedisValue[] ids = [.. entries.Select(entry => entry.Id)];
        RedisValue[] remembered = [.. entries.Where(entry => entry.History.IsStored).Select(entry => entry.Id)];
        await Task.WhenAll(
            database.StreamDeleteAsync(_events, ids),
            database.StreamAcknowledgeAsync(_events, Group, ids),
            remembered.Length > 0 ? database.HashDeleteAsync(_histories, remembered) : Task.CompletedTask).ConfigureAwait(false);
        lock (_lock)
        {
            _knownBytes = Math.Max(0, _knownBytes - (entries.Sum(entry => entry.Stored.Json.Length) * MemoryPerByte));
        }
    }

    // An event that has been with ten hosts when they died may be why.
    private async Task<bool> SetAsideAsync(IDatabase database, List<RedisEntry> entries)
    {
        try
        {
            foreach (var entry in entries)
            {
                NameValueEntry[] fields = [new(Json, entry.Stored.Json), new(EnqueuedAt, entry.Stored.EnqueuedAt.ToUnixTimeMilliseconds())];
                await database.StreamAddAsync(_setAside, fields).ConfigureAwait(false);
            }
        }
        catch (RedisServerException)
        {
            // No memory for it now: they are left where they are, and the healthy ones go on.
            return false;
        }

        await DeleteAsync(database, entries).ConfigureAwait(false);
        return true;
    }

    // Idle for as long as one that nobody has; what is known of the events is kept beside the stream.
    private async Task GiveBackAsync(IDatabase database, IReadOnlyList<RedisEntry> entries, (int Attempts, DateTimeOffset? InDoubtSince)? history)
    {
        if (entries.Count == 0)
        {
            return;
        }

        HashEntry[] histories =
        [
            .. entries.Select(entry => (entry.Id, History: history is { } now ? new History(now.Attempts, now.InDoubtSince, entry.History.Deaths) : entry.History))
                .Where(pair => pair.History.IsWorthStoring)
                .Select(pair => new HashEntry(pair.Id, pair.History.ToString())),
        ];
        try
        {
            await (histories.Length > 0 ? database.HashSetAsync(_histories, histories) : Task.CompletedTask).ConfigureAwait(false);
        }
        catch (RedisServerException)
        {
            // A server without memory takes no history; the events matter more.
        }

        await database.ExecuteAsync("XCLAIM", [_events, Group, _consumer, 0, .. entries.Select(entry => (object)entry.Id), "IDLE", LeaseMilliseconds, "RETRYCOUNT", 0, "JUSTID"]).ConfigureAwait(false);
        lock (_lock)
        {
            _lastClaim = null;
        }
    }

    // Deliveries since it was given back: each of them ended with the death of a host.
    private History History(StreamPendingMessageInfo message, RedisValue stored)
    {
        var before = stored.IsNull ? default : Roku.Events.History.Parse(stored!);
        return message.DeliveryCount == 0 ? before : before with
        {
            Attempts = before.Attempts + message.DeliveryCount,
            InDoubtSince = before.InDoubtSince ?? _timeProvider.GetUtcNow().AddMilliseconds(-message.IdleTimeInMilliseconds),
            Deaths = before.Deaths + message.DeliveryCount,
        };
    }

    private void Measure(long jsonBytes) => _averageBytes = _averageBytes == 0 ? jsonBytes : _averageBytes + ((jsonBytes - _averageBytes) / 64);

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static RedisEntry Entry(StreamEntry entry, History history) =>
        new(entry.Id, new StoredEvent((byte[])entry[Json]!, Moment((long)entry[EnqueuedAt]), history.Attempts, history.InDoubtSince), history);
}

internal sealed record RedisEntry(RedisValue Id, StoredEvent Stored, History History);

internal sealed class RedisLease(IReadOnlyList<RedisEntry> entries, int setAside, long takenAt)
    : OutboxLease(entries.Count > 0 ? RedisOutbox.Position(entries[0].Id) : UInt128.MaxValue, [.. entries.Select(entry => entry.Stored)], setAside)
{
    public IReadOnlyList<RedisEntry> Entries => entries;

    // Of the time provider.
    public long RenewedAt { get; set; } = takenAt;

    public bool IsGivenBack { get; set; }
}

internal readonly record struct History(int Attempts, DateTimeOffset? InDoubtSince, int Deaths)
{
    public bool IsStored { get; private init; }

    public bool IsWorthStoring => Attempts > 0 || InDoubtSince is not null || Deaths > 0 || IsStored;

    public static History Parse(string text)
    {
        var parts = text.Split(' ');
        var since = long.Parse(parts[1], CultureInfo.InvariantCulture);
        return new History(
            int.Parse(parts[0], CultureInfo.InvariantCulture),
            since == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(since),
            int.Parse(parts[2], CultureInfo.InvariantCulture))
        {
            IsStored = true,
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Attempts} {InDoubtSince?.ToUnixTimeMilliseconds() ?? 0} {Deaths}");
}
