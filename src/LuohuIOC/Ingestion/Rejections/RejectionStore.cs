using System.Diagnostics.Metrics;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Ingestion.Rejections;

/// <summary>
/// Keeps what was refused in <c>rejections.db</c>: the newest <see cref="RowsMax"/>, of one gateway the newest <see cref="RowsOfGatewayMax"/>, and a count per reason
/// of all. In a flood that the disk cannot follow, rejections are still counted but no longer kept one by one.
/// </summary>
public sealed class RejectionStore : IHostedService
{
    /// <summary>Rejections kept for people to read; older ones are only counted.</summary>
    public const int RowsMax = 100_000;

    /// <summary>Of one gateway, and of all that names none: otherwise one that sends rubbish would have every other's evidence forgotten within seconds.</summary>
    public const int RowsOfGatewayMax = RowsMax / 10;

    private const int QueueMax = 20_000;
    private const int BatchMax = 5_000;

    private readonly SqliteFile _file;
    private readonly ILogger<RejectionStore> _log;
    private readonly RowQueue<Rejection> _queue;
    // Rows in the file by gateway; of the writer alone.
    private readonly Dictionary<string, int> _kept = new(StringComparer.Ordinal);
    private bool _isCounted;
    private readonly long[] _counts = new long[Enum.GetValues<RejectionReason>().Length];

    public RejectionStore(IConfiguration configuration, IMeterFactory meters, ILogger<RejectionStore> log)
    {
        _log = log;
        // The counts are kept in memory and saved with the next batch; what is lost is the rows for people to read.
        _queue = new RowQueue<Rejection>(QueueMax, BatchMax, Save, (e, count) => log.LogError(e, "Rejections: {Count} could not be kept, they are counted only", count));
        _file = new SqliteFile(Path.Combine(configuration["DataDirectory"] ?? "data", "rejections.db"),
            """
            CREATE TABLE rejection(
                id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, gateway TEXT NOT NULL, topic TEXT NOT NULL, reason INTEGER NOT NULL,
                sensor TEXT NOT NULL, reading INTEGER NOT NULL, metric TEXT NOT NULL, payload_bytes INTEGER NOT NULL, first_bytes BLOB NOT NULL);
            CREATE INDEX rejection_gateway ON rejection(gateway, id);
            CREATE TABLE rejection_count(reason INTEGER PRIMARY KEY, n INTEGER NOT NULL);
            """);
        using var connection = _file.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT reason, n FROM rejection_count";
        using var reader = command.ExecuteReader();
        while (reader.Read()) _counts[reader.GetInt32(0)] = reader.GetInt64(1);
        meters.Create(new MeterOptions("LuohuIOC.Ingestion")).CreateObservableCounter(
            "luohu.ingestion.rejections", () => Enum.GetValues<RejectionReason>().Select(r => new Measurement<long>(
                CountOf(r), new KeyValuePair<string, object?>("reason", r.WireName()))), "{rejection}", "Refused payloads, readings and metrics");
    }

    /// <summary>All rejections ever, also those no longer kept.</summary>
    public long CountOf(RejectionReason reason) => Interlocked.Read(ref _counts[(int)reason]);

    /// <summary>Counts a rejection of which nothing is kept, one of many alike. The count is saved with the next row of any, and at the stop.</summary>
    public void Count(RejectionReason reason) => Interlocked.Increment(ref _counts[(int)reason]);

    /// <summary>Counts a rejection and keeps it; completes when it is durable, at once when it is only counted.</summary>
    public Task Add(Rejection rejection)
    {
        Count(rejection.Reason);
        return _queue.Add(rejection.Bounded()) ?? Task.CompletedTask;
    }

    /// <summary>Newest first; <paramref name="before"/> is the id of the last row of the page before.</summary>
    public List<(long Id, Rejection Rejection)> Read(string? gateway, RejectionReason? reason, string? sensor, long? before, int limit)
    {
        using var connection = _file.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT id, at, gateway, topic, reason, sensor, reading, metric, payload_bytes, first_bytes FROM rejection
            WHERE ($gateway IS NULL OR gateway = $gateway) AND ($reason IS NULL OR reason = $reason)
              AND ($sensor IS NULL OR sensor = $sensor) AND ($before IS NULL OR id < $before)
            ORDER BY id DESC LIMIT $limit
            """;
        command.Parameters.AddWithValue("$gateway", (object?)gateway ?? DBNull.Value);
        command.Parameters.AddWithValue("$reason", reason is null ? DBNull.Value : (int)reason);
        command.Parameters.AddWithValue("$sensor", (object?)sensor ?? DBNull.Value);
        command.Parameters.AddWithValue("$before", (object?)before ?? DBNull.Value);
        command.Parameters.AddWithValue("$limit", limit);
        var rows = new List<(long, Rejection)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.GetInt64(0), new Rejection(reader.GetInt64(1), reader.GetString(2), reader.GetString(3), (RejectionReason)reader.GetInt32(4),
                reader.GetString(5), reader.GetInt32(6), reader.GetString(7), reader.GetInt32(8), (byte[])reader[9])));
        }
        return rows;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _queue.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _queue.CompleteAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            using var connection = _file.Open();
            SaveCounts(connection, null);
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            _log.LogError(e, "Rejections: what was only counted since the last one that was kept is forgotten");
        }
    }

    private void Save(IReadOnlyList<Rejection> batch)
    {
        using var connection = _file.Open();
        if (!_isCounted) CountKept(connection);
        // True again only when what is counted below is in the file.
        _isCounted = false;
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText =
            "INSERT INTO rejection(at, gateway, topic, reason, sensor, reading, metric, payload_bytes, first_bytes) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9)";
        var p = Enumerable.Range(1, 9).Select(i => insert.Parameters.Add(new SqliteParameter($"${i}", null))).ToArray();
        foreach (var r in batch)
        {
            _kept[r.Gateway] = _kept.GetValueOrDefault(r.Gateway) + 1;
            (p[0].Value, p[1].Value, p[2].Value, p[3].Value, p[4].Value) = (r.At, r.Gateway, r.Topic, (int)r.Reason, r.Sensor);
            (p[5].Value, p[6].Value, p[7].Value, p[8].Value) = (r.Index, r.Metric, r.PayloadBytes, r.FirstBytes);
            insert.ExecuteNonQuery();
        }
        foreach (var gateway in batch.Select(r => r.Gateway).Distinct(StringComparer.Ordinal))
            Forget(connection, transaction, "WHERE gateway = $gateway", gateway, _kept[gateway] - RowsOfGatewayMax);
        Forget(connection, transaction, "", "", _kept.Values.Sum() - RowsMax);
        SaveCounts(connection, transaction);
        transaction.Commit();
        _isCounted = true;
    }

    private void SaveCounts(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = string.Concat(Enum.GetValues<RejectionReason>().Where(r => CountOf(r) > 0).Select(r =>
            $"INSERT INTO rejection_count(reason, n) VALUES({(int)r}, {CountOf(r)}) ON CONFLICT(reason) DO UPDATE SET n = excluded.n;"));
        if (command.CommandText.Length > 0) command.ExecuteNonQuery();
    }

    // The oldest go first.
    private void Forget(SqliteConnection connection, SqliteTransaction transaction, string where, string gateway, int rows)
    {
        if (rows <= 0) return;
        using var delete = connection.CreateCommand();
        delete.Transaction = transaction;
        delete.CommandText = $"DELETE FROM rejection WHERE id IN (SELECT id FROM rejection {where} ORDER BY id LIMIT $rows) RETURNING gateway";
        delete.Parameters.AddWithValue("$gateway", gateway);
        delete.Parameters.AddWithValue("$rows", rows);
        using var reader = delete.ExecuteReader();
        while (reader.Read())
            if (--_kept[reader.GetString(0)] == 0) _kept.Remove(reader.GetString(0));
    }

    private void CountKept(SqliteConnection connection)
    {
        _kept.Clear();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT gateway, count(*) FROM rejection GROUP BY gateway";
        using var reader = command.ExecuteReader();
        while (reader.Read()) _kept[reader.GetString(0)] = reader.GetInt32(1);
    }
}
