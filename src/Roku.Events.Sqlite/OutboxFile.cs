using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Roku.Events;

// The file, for one thread. Events are rows in the order of appending; a lease is a range of them. So taking a batch writes
// one row, and deleting it is one range, whatever waits behind it.
internal sealed class OutboxFile : IDisposable
{
    // What an event takes beside its JSON.
    public const int Overhead = 64;

    private const int OurApplication = 0x526F6B75;
    private const int FreePagesToKeep = 4_096;
    private const int FreePagesToGiveBack = 1_024;

    // Each brings the file from the version of its place to the next.
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE events (id INTEGER PRIMARY KEY, json BLOB NOT NULL, enqueued_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, in_doubt_since INTEGER);
        CREATE TABLE leases (id INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, last INTEGER NOT NULL, events INTEGER NOT NULL, bytes INTEGER NOT NULL, taken_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
        CREATE TABLE totals (events INTEGER NOT NULL, bytes INTEGER NOT NULL, last INTEGER NOT NULL);
        INSERT INTO totals VALUES (0, 0, 0);
        """,
    ];

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _leaseTime;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    // A statement of the driver below: the one that runs for every event.
    private readonly sqlite3_stmt _insert;
    private (long Events, long Bytes, long Last) _totals;

    public OutboxFile(string path, SqliteOutboxOptions options, TimeProvider timeProvider)
    {
        (_path, _timeProvider, MaxBytes, _leaseTime) = (path, timeProvider, options.MaxBytes, options.LeaseTime);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = (int)options.BusyTimeout.TotalSeconds,
        }.ToString());
        try
        {
            Create();
            _connection.Open();
            Prepare(options);
            SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_connection.Handle, "INSERT INTO events (id, json, enqueued_at) VALUES (?, ?, ?)", out _insert), _connection.Handle);
        }
        catch (Exception exception)
        {
            _connection.Dispose();
            if (Describe(exception) is { } described)
            {
                throw described;
            }

            throw;
        }
    }

    public long MaxBytes { get; }

    // What happened, and what to do; null when that is said already.
    public IOException? Describe(Exception exception)
    {
        var code = exception switch
        {
            SqliteException sqlite => sqlite.SqliteErrorCode,
            UnauthorizedAccessException => 14,
            _ => 0,
        };
        var what = code switch
        {
            5 or 6 => "is locked by another process. Close the program that holds it, or raise BusyTimeout",
            8 => "cannot be written. Give the process the right to write the file and its folder",
            10 => "met an error of the disk. Check the disk; the file must not be on a network share",
            11 => "is damaged. Move it away, save what can be read of it with the sqlite3 program (.recover), and start again",
            13 => "does not fit on its disk. Make room",
            14 => "cannot be opened. Check that its folder exists and the process may write there",
            26 => "is no SQLite file. Move it away, or name another path",
            0 => null,
            _ => $"failed (SQLite error {code})",
        };
        return what is null ? null : new IOException($"The outbox '{_path}' {what}.", exception);
    }

    // In one transaction, which is durable when this returns; nothing is changed when it throws.
    public void Do(bool writes, Action<OutboxFile> work)
    {
        Execute(writes ? "BEGIN IMMEDIATE" : "BEGIN");
        try
        {
            _totals = ReadTotals();
            var before = _totals;
            work(this);
            if (_totals != before)
            {
                Execute("UPDATE totals SET events = $events, bytes = $bytes, last = $last", ("$events", _totals.Events), ("$bytes", _totals.Bytes), ("$last", _totals.Last));
            }

            Execute("COMMIT");
        }
        catch
        {
            // Some errors have ended the transaction already.
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                Execute("ROLLBACK");
            }

            throw;
        }
    }

    public bool Append(ReadOnlyMemory<byte> json, DateTimeOffset enqueuedAt)
    {
        var bytes = json.Length + Overhead;
        if (_totals.Bytes + bytes > MaxBytes)
        {
            return false;
        }

        raw.sqlite3_bind_int64(_insert, 1, _totals.Last + 1);
        raw.sqlite3_bind_blob(_insert, 2, json.Span);
        raw.sqlite3_bind_int64(_insert, 3, enqueuedAt.ToUnixTimeMilliseconds());
        var result = raw.sqlite3_step(_insert);
        raw.sqlite3_reset(_insert);
        if (result != raw.SQLITE_DONE)
        {
            SqliteException.ThrowExceptionForRC(result, _connection.Handle);
        }

        _totals = (_totals.Events + 1, _totals.Bytes + bytes, _totals.Last + 1);
        return true;
    }

    public OutboxStatus Status()
    {
        var leases = LiveLeases();
        var (free, freeBytes) = (_totals.Events - leases.Sum(lease => lease.Events), _totals.Bytes - leases.Sum(lease => lease.Bytes));
        var oldest = free > 0 ? FirstFree(leases) : null;
        return new OutboxStatus(
            _totals.Events,
            _totals.Bytes,
            Math.Max(0, free),
            Math.Max(0, freeBytes - (Overhead * free)),
            oldest is { } row ? Moment(Number("SELECT enqueued_at FROM events WHERE id = $id", ("$id", row))!.Value) : null,
            (UInt128?)Number("SELECT min(id) FROM events"),
            (UInt128)_totals.Last);
    }

    public SqliteLease? Take(int maxEvents, int maxBytes)
    {
        EndLeasesOfTheDead();
        var leases = LiveLeases();
        if (FirstFree(leases) is not { } first)
        {
            return null;
        }

        var end = leases.Where(lease => lease.First > first).Select(lease => lease.First).DefaultIfEmpty(long.MaxValue).Min();
        var (events, rows, bytes) = (new List<StoredEvent>(), new List<long>(), 0L);
        var command = Command("SELECT id, json, enqueued_at, attempts, in_doubt_since FROM events WHERE id >= $first AND id < $end ORDER BY id LIMIT $max", ("$first", first), ("$end", end), ("$max", maxEvents));
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                var json = (byte[])reader[1];
                if (rows.Count > 0 && bytes + 1 + json.Length > maxBytes)
                {
                    break;
                }

                bytes += json.Length + (rows.Count > 0 ? 1 : 0);
                rows.Add(reader.GetInt64(0));
                events.Add(new StoredEvent(json, Moment(reader.GetInt64(2)), reader.GetInt32(3), reader.IsDBNull(4) ? null : Moment(reader.GetInt64(4))));
            }
        }

        var held = events.Sum(stored => (long)stored.Json.Length + Overhead);
        Execute(
            "INSERT INTO leases (first, last, events, bytes, taken_at, expires_at) VALUES ($first, $last, $events, $bytes, $now, $until)",
            ("$first", first),
            ("$last", rows[^1]),
            ("$events", rows.Count),
            ("$bytes", held),
            ("$now", Now()),
            ("$until", Now() + (long)_leaseTime.TotalMilliseconds));
        return new SqliteLease(Number("SELECT last_insert_rowid()")!.Value, first, rows[^1], held, events, rows);
    }

    public bool Renew(SqliteLease lease) =>
        Execute("UPDATE leases SET expires_at = $until WHERE id = $id", ("$until", Now() + (long)_leaseTime.TotalMilliseconds), ("$id", lease.Id)) == 1;

    // Outside a transaction: pages that were freed, some at a time.
    public void GiveBackPages()
    {
        if (Number("PRAGMA freelist_count") > FreePagesToKeep)
        {
            ExecuteOnce($"PRAGMA incremental_vacuum({FreePagesToGiveBack})");
        }
    }

    public bool Complete(SqliteLease lease, KeptEvents kept)
    {
        if (kept.Positions.Count + kept.Untouched.Count == 0)
        {
            Forget(lease, Execute("DELETE FROM events WHERE id BETWEEN $first AND $last", ("$first", lease.FirstRow), ("$last", lease.LastRow)), lease.Events.Count, lease.Bytes);
        }
        else
        {
            Keep(lease, kept);
        }

        return Execute("DELETE FROM leases WHERE id = $id", ("$id", lease.Id)) == 1;
    }

    public void ExecuteOnce(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this file, and numbers.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _insert.Dispose();
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    // For its owner alone.
    private void Create()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        if (!File.Exists(_path) && !OperatingSystem.IsWindows())
        {
            try
            {
                using var created = new FileStream(_path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            }
            catch (IOException) when (File.Exists(_path))
            {
                // Another process was faster.
            }
        }
    }

    private void Prepare(SqliteOutboxOptions options)
    {
        // The driver's own wait for a locked file is a sleep of 150 ms.
        ExecuteOnce(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {options.BusyTimeout.TotalMilliseconds:F0}"));

        // Before there is a table: it cannot be changed later without rewriting the file.
        Execute("PRAGMA auto_vacuum = INCREMENTAL");
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA wal_autocheckpoint = 4000");
        Execute(options.Durability == SqliteDurability.PowerLoss ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        Execute("BEGIN IMMEDIATE");
        var version = (int)Number("PRAGMA user_version")!.Value;
        var application = (int)Number("PRAGMA application_id")!.Value;
        var isEmpty = Number("SELECT count(*) FROM sqlite_master") == 0;
        if (version > Migrations.Length)
        {
            throw new IOException($"The outbox '{_path}' was written by a newer version of Roku.Events.Sqlite (schema {version}, this one knows {Migrations.Length}). Update the package, or name another path.");
        }

        if (!isEmpty && application != OurApplication)
        {
            throw new IOException($"'{_path}' is a SQLite file of another program. Name another path.");
        }

        for (; version < Migrations.Length; version++)
        {
            ExecuteOnce(Migrations[version]);
        }

        ExecuteOnce(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}; PRAGMA application_id = {OurApplication}"));
        Execute("COMMIT");
    }

    private void Keep(SqliteLease lease, KeptEvents kept)
    {
        var (tried, untouched) = (kept.Positions.ToHashSet(), kept.Untouched.ToHashSet());
        for (var i = 0; i < lease.Rows.Count; i++)
        {
            if (tried.Contains(i))
            {
                Execute(
                    "UPDATE events SET attempts = $attempts, in_doubt_since = $since WHERE id = $id",
                    ("$attempts", kept.Attempts),
                    ("$since", kept.InDoubtSince is { } since ? since.ToUnixTimeMilliseconds() : DBNull.Value),
                    ("$id", lease.Rows[i]));
            }
            else if (!untouched.Contains(i))
            {
                Forget(lease, Execute("DELETE FROM events WHERE id = $id", ("$id", lease.Rows[i])), 1, lease.Events[i].Json.Length + Overhead);
            }
        }
    }

    // Events that another process deleted meanwhile, because the lease had run out, have left the totals there.
    private void Forget(SqliteLease lease, int deleted, int expected, long bytes)
    {
        (_totals.Events, _totals.Bytes) = deleted == expected
            ? (_totals.Events - expected, _totals.Bytes - bytes)
            : (Number("SELECT count(*) FROM events")!.Value, Number($"SELECT coalesce(sum(length(json) + {Overhead}), 0) FROM events")!.Value);
    }

    private (long Events, long Bytes, long Last) ReadTotals()
    {
        using var reader = Command("SELECT events, bytes, last FROM totals").ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private List<(long First, long Last, long Events, long Bytes)> LiveLeases()
    {
        var leases = new List<(long, long, long, long)>();
        using var reader = Command("SELECT first, last, events, bytes FROM leases WHERE expires_at > $now ORDER BY first", ("$now", Now())).ExecuteReader();
        while (reader.Read())
        {
            leases.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        return leases;
    }

    private long? FirstFree(List<(long First, long Last, long Events, long Bytes)> leases)
    {
        var row = Number("SELECT min(id) FROM events");
        foreach (var (first, last, _, _) in leases)
        {
            if (row >= first && row <= last)
            {
                row = Number("SELECT min(id) FROM events WHERE id > $last", ("$last", last));
            }
        }

        return row;
    }

    // Nobody knows whether their events were sent.
    private void EndLeasesOfTheDead()
    {
        var dead = new List<(long First, long Last, long TakenAt)>();
        using (var reader = Command("SELECT first, last, taken_at FROM leases WHERE expires_at <= $now", ("$now", Now())).ExecuteReader())
        {
            while (reader.Read())
            {
                dead.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
            }
        }

        foreach (var (first, last, takenAt) in dead)
        {
            Execute(
                "UPDATE events SET attempts = attempts + 1, in_doubt_since = coalesce(in_doubt_since, $since) WHERE id BETWEEN $first AND $last",
                ("$since", takenAt),
                ("$first", first),
                ("$last", last));
        }

        if (dead.Count > 0)
        {
            Execute("DELETE FROM leases WHERE expires_at <= $now", ("$now", Now()));
        }
    }

    private long Now() => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private long? Number(string sql, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        Command(sql, parameters).ExecuteScalar() is long number ? number : null;

    private int Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters) => Command(sql, parameters).ExecuteNonQuery();

    // Prepared once.
    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this file.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, _) in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i].Value;
        }

        return command;
    }
}
