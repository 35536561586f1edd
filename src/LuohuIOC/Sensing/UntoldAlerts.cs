using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Sensing;

/// <summary>
/// What rules have found and the ledger of several hosts has not taken yet, in <c>untold.db</c> of this host. When it ends before the ledger is back, its
/// sensors go on elsewhere, and by the time it judges the rest of its journal these readings are late and feed no rule: what stands here is told then.
/// A host alone needs it not, its journal brings all of it again.
/// </summary>
public sealed class UntoldAlerts : BackgroundService, IHostedLifecycleService
{
    /// <summary>Rows on their way to the file; what is more than that is lost if the host ends before the ledger is back.</summary>
    private const int QueueMax = 100_000;

    private const int BatchMax = 5_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly SqliteFile? _file;
    private readonly RowQueue<Row> _queue;
    private readonly SensorDispatcher _dispatcher;
    private readonly SensorRegistry _registry;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger<UntoldAlerts> _log;

    public UntoldAlerts(
        IConfiguration configuration, JournalIdentity identity, SensorDispatcher dispatcher, SensorRegistry registry, IGrainFactory grains, TimeProvider time,
        ILogger<UntoldAlerts> log)
    {
        (_dispatcher, _registry, _grains, _time, _log) = (dispatcher, registry, grains, time, log);
        _queue = new RowQueue<Row>(QueueMax, BatchMax, Save, (e, count) => log.LogError(e, "Sensing: {Count} changes for alerts that the ledger has not taken could not be kept", count));
        if (identity.IsShared) _file = new SqliteFile(Path.Combine(configuration["DataDirectory"] ?? "data", "untold.db"), Schema);
    }

    /// <summary>Sets them down soon, without anyone waiting for it.</summary>
    internal void Keep(string sensor, IReadOnlyList<RuleChange> changes) => Add(sensor, changes, true);

    /// <summary>The ledger has them.</summary>
    internal void Forget(string sensor, IReadOnlyList<RuleChange> changes) => Add(sensor, changes, false);

    /// <summary>Before the silo starts, and until it has stopped: grains that end keep what they have.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _queue.Start();
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => _queue.CompleteAsync();

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Of an earlier run, in order.</summary>
    internal IReadOnlyList<(string Sensor, NotedChange Noted)> Read()
    {
        if (_file is null) return [];
        using var connection = _file.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sensor, rule, severity, metric, value, threshold, observed, evidence, noted FROM untold ORDER BY id";
        using var reader = command.ExecuteReader();
        var rows = new List<(string, NotedChange)>();
        double Number(int i) => reader.IsDBNull(i) ? double.NaN : reader.GetDouble(i);
        while (reader.Read())
        {
            var severity = reader.GetInt32(2);
            rows.Add((reader.GetString(0), new NotedChange(
                new RuleChange(reader.GetString(1), severity == 0 ? null : (Severity)severity, reader.GetString(3), Number(4), Number(5), reader.GetInt64(6), reader.IsDBNull(7) ? null : reader.GetString(7)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8)))));
        }
        return rows;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Before anything of this run is kept.
        var left = Read().GroupBy(row => row.Sensor, row => row.Noted, StringComparer.Ordinal).ToDictionary(rows => rows.Key, rows => rows.ToArray(), StringComparer.Ordinal);
        if (left.Count == 0) return;
        using var timer = new PeriodicTimer(LookEvery, _time);
        while (left.Count > 0 && await timer.WaitForNextTickAsync(stoppingToken))
        {
            // What the journal brings again where no other host has gone on is the sensor's own, and may hold still: that first.
            if (!_dispatcher.HasJudgedAgain) continue;
            foreach (var (sensor, changes) in left.ToList())
            {
                if (!await TellAsync(sensor, changes)) break;
                left.Remove(sensor);
            }
        }
    }

    /// <summary>False: the ledger is away again.</summary>
    private async Task<bool> TellAsync(string sensor, NotedChange[] changes)
    {
        try
        {
            if (_registry.TryFind(sensor, out _)) await _grains.GetGrain<IAlertGrain>(sensor).Recover(changes);
            Forget(sensor, [.. changes.Select(noted => noted.Change)]);
            _log.LogWarning("Sensor {Sensor}: {Changes} changes from before the start, which the ledger had not taken, are told to its alerts", sensor, changes.Length);
        }
        catch (Exception e) when (PassingFault.Is(e))
        {
            return false;
        }
        catch (Exception e)
        {
            _log.LogError(e, "Sensor {Sensor}: what the ledger had not taken before the start cannot be told; the next start tries again", sensor);
        }
        return true;
    }

    private void Add(string sensor, IReadOnlyList<RuleChange> changes, bool isKept)
    {
        if (_file is null) return;
        var now = _time.GetUtcNow();
        foreach (var change in changes)
            if (_queue.Add(new Row(sensor, new NotedChange(change, now), isKept)) is null && isKept)
                _log.LogError("Sensor {Sensor}: a change for its alerts, which the ledger has not taken, is not kept: too many wait", sensor);
    }

    private void Save(IReadOnlyList<Row> rows)
    {
        using var connection = _file!.Open();
        using var transaction = connection.BeginTransaction();
        using var keep = Command(
            connection, transaction, "INSERT OR IGNORE INTO untold(sensor, rule, observed, severity, metric, value, threshold, evidence, noted) VALUES ($p0, $p1, $p2, $p3, $p4, $p5, $p6, $p7, $p8)", 9);
        using var forget = Command(connection, transaction, "DELETE FROM untold WHERE sensor = $p0 AND rule = $p1 AND observed = $p2 AND severity = $p3", 4);
        foreach (var (sensor, (change, at), isKept) in rows)
        {
            object?[] values =
            [
                sensor, change.Rule, change.ObservedMs, (int)(change.Severity ?? 0), change.Metric, double.IsFinite(change.Value) ? change.Value : null,
                double.IsFinite(change.Threshold) ? change.Threshold : null, change.Evidence, at.ToUnixTimeMilliseconds(),
            ];
            var command = isKept ? keep : forget;
            for (var i = 0; i < command.Parameters.Count; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"$p{i}" });
        return command;
    }

    private readonly record struct Row(string Sensor, NotedChange Noted, bool IsKept);

    private const string Schema = """
        -- severity 0: the condition has ended
        CREATE TABLE untold(
            id INTEGER PRIMARY KEY AUTOINCREMENT, sensor TEXT NOT NULL, rule TEXT NOT NULL, observed INTEGER NOT NULL, severity INTEGER NOT NULL, metric TEXT NOT NULL,
            value REAL, threshold REAL, evidence TEXT, noted INTEGER NOT NULL, UNIQUE (sensor, rule, observed, severity));
        """;
}
