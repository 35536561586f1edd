using System.Data;
using System.Data.Common;
using System.Globalization;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Alerts;

/// <summary>
/// Current alerts, their events in one hash chain, and what each rule was last seen to say: in the file <c>alerts.db</c> of a host alone, or in the
/// database that several hosts share, where they write to one chain in turn. Statements are written so that both understand them.
/// </summary>
public sealed class AlertDatabase
{
    // Any number that nobody else in the database takes for a lock of its own.
    private const long ChainLock = 0x6c756f6875_01;

    private readonly SqliteFile? _file;
    private readonly PostgresDatabase? _shared;

    /// <summary>The ledger of a host alone.</summary>
    public AlertDatabase(string path) => _file = new SqliteFile(path, Schema, IndexOfEnds, NewEvents, NewEvents, NewEvents);

    /// <summary>The one ledger of several hosts.</summary>
    public AlertDatabase(PostgresDatabase shared)
    {
        _shared = shared;
        // Ids in the order of their bytes, as in SQLite. An event that is written twice, because nobody heard that it was, is found by its number.
        shared.Migrate("alerts", Schema.Replace(" WITHOUT ROWID", "", StringComparison.Ordinal).Replace("INTEGER", "bigint", StringComparison.Ordinal)
            .Replace("BLOB", "bytea", StringComparison.Ordinal).Replace("id TEXT", "id TEXT COLLATE \"C\"", StringComparison.Ordinal), OfPostgres(IndexOfEnds), NewEvents, NewEvents, NewEvents);
    }

    /// <summary>Other hosts write to it too: what it holds is not known from what this host wrote.</summary>
    public bool IsShared => _shared is not null;

    /// <summary>
    /// When an alert ended, as text that sorts by time: when its condition did or, where a person closed it before, then; far ahead while it holds. Out of the
    /// stored form, so that rows of older versions, and of older hosts on the same database, have it too.
    /// </summary>
    internal string EndedSql => IsShared ? OfPostgres(Ended) : Ended;

    /// <summary>A time as <see cref="EndedSql"/> has it.</summary>
    internal static string? EndedAt(long? ms) =>
        ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) : null;

    public DbConnection Open() => _shared is not null ? _shared.Open() : _file!.Open();

    /// <summary>As <see cref="Open"/>, without holding a thread while a server is asked.</summary>
    public async ValueTask<DbConnection> OpenAsync() => _shared is not null ? await _shared.OpenAsync(CancellationToken.None) : _file!.Open();

    /// <summary>A connection for the one writer of this host, which must come back soon from a lock to count its attempts.</summary>
    internal DbConnection OpenToWrite()
    {
        if (_file is null) return Open();
        var connection = _file.Open();
        connection.DefaultTimeout = 1;
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=200";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Begins a write of this host; of several hosts one writes at a time, since each event needs the hash of the one before.</summary>
    internal DbTransaction BeginWrite(DbConnection connection)
    {
        var transaction = connection.BeginTransaction();
        if (!IsShared) return transaction;
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT pg_advisory_xact_lock({ChainLock})";
        command.ExecuteNonQuery();
        return transaction;
    }

    /// <summary>A view of everything as of one moment, which holds nobody up.</summary>
    internal static DbTransaction BeginSnapshot(DbConnection connection) =>
        connection is SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : connection.BeginTransaction(IsolationLevel.RepeatableRead);

    /// <summary>
    /// May pass when an operator makes room or the server is back. SQLite: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN. PostgreSQL: whatever
    /// it calls so itself, and a connection that broke.
    /// </summary>
    internal static bool IsTemporary(Exception e) => e switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 7 or 8 or 10 or 13 or 14,
        _ => PostgresDatabase.IsTemporary(e),
    };

    private static string OfPostgres(string sql) =>
        sql.Replace("instr(", "strpos(", StringComparison.Ordinal).Replace(" END)", " END COLLATE \"C\")", StringComparison.Ordinal);

    // No reading of JSON: an index that cannot read a row would refuse it. What a person writes has its quotes escaped.
    private const string Ended =
        """(CASE WHEN instr(body, '"clearedAt":"') > 0 THEN substr(body, instr(body, '"clearedAt":"') + 13, 27) WHEN instr(body, '"closedAt":"') > 0 THEN substr(body, instr(body, '"closedAt":"') + 12, 27) ELSE '9999' END)""";

    private const string IndexOfEnds = $"CREATE INDEX alert_by_end ON alert ({Ended}, raised_at);";

    /// <summary>The tables stay. Events of a new type, of marks that were withdrawn and then of deadlines that passed, are none that older hosts can read: they refuse the ledger and say why.</summary>
    private const string NewEvents = "SELECT 1;";

    private const string Schema = """
        -- Columns beside body are copies for searching; Verify compares them with the events.
        CREATE TABLE alert (
            id TEXT NOT NULL PRIMARY KEY,
            sensor TEXT NOT NULL,
            rule TEXT NOT NULL,
            kind TEXT NOT NULL,
            street TEXT NOT NULL,
            state INTEGER NOT NULL,
            severity INTEGER NOT NULL,
            raised_at INTEGER NOT NULL,
            body TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX alert_by_raised ON alert (raised_at, id);
        CREATE INDEX alert_by_state ON alert (state, raised_at, id);
        CREATE INDEX alert_by_severity ON alert (severity, raised_at, id);
        CREATE INDEX alert_by_sensor ON alert (sensor, raised_at, id);

        CREATE TABLE alert_event (
            position INTEGER NOT NULL PRIMARY KEY,
            alert TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            body TEXT NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL
        );
        CREATE UNIQUE INDEX alert_event_by_alert ON alert_event (alert, sequence);

        CREATE TABLE rule_watch (
            sensor TEXT NOT NULL,
            rule TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (sensor, rule)
        ) WITHOUT ROWID;
        """;
}
