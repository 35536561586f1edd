using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// The thresholds of all detectors, and the marks that moved them: in <c>models.db</c> of a host alone, or in the database that several hosts share,
/// because an officer marks on any host and the sensor's grain lives on one. A mark is stored before it counts, and the same verdict on the same
/// alert counts once.
/// </summary>
public sealed class Thresholds : IMarkListener
{
    /// <summary>Second migration of <c>models.db</c>.</summary>
    internal const string Schema = """
        CREATE TABLE threshold_move (
            number INTEGER PRIMARY KEY, sensor TEXT NOT NULL, rule TEXT NOT NULL, alert TEXT NOT NULL, verdict INTEGER NOT NULL,
            actor TEXT NOT NULL, at_ms INTEGER NOT NULL, from_factor REAL NOT NULL, to_factor REAL NOT NULL);
        CREATE INDEX threshold_move_of ON threshold_move (sensor, rule);
        """;

    private const string Columns = "sensor, rule, alert, verdict, actor, at_ms AS AtMs, from_factor AS FromFactor, to_factor AS ToFactor";

    // As a mark that was taken back is stored.
    private const long NoVerdict = 0;

    // Any number that nobody else in the database takes for a lock of its own.
    private const long OrderLock = 0x6c756f6875_03;

    private readonly Func<DbConnection> _open;
    private readonly bool _isShared;
    private readonly DetectionOptions _options;
    private readonly Lock _write = new();
    private readonly ConcurrentDictionary<(string Sensor, string Rule), Threshold> _thresholds = new();

    // Number of the newest move that is known here.
    private long _seen;

    public Thresholds(SqliteFile file, DetectionOptions options)
    {
        (_open, _options) = (file.Open, options);
        Refresh();
    }

    /// <param name="shared">Where the moves of several hosts are.</param>
    /// <param name="own">This host's <c>models.db</c>: what it has of before the hosts shared their moves is taken over.</param>
    /// <param name="options">The standards.</param>
    public Thresholds(PostgresDatabase shared, SqliteFile own, DetectionOptions options)
    {
        (_open, _isShared, _options) = (shared.Open, true, options);
        shared.Migrate("thresholds",
            Schema.Replace("INTEGER PRIMARY KEY", "bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY", StringComparison.Ordinal)
                .Replace("INTEGER", "bigint", StringComparison.Ordinal).Replace("REAL", "double precision", StringComparison.Ordinal));
        TakeOver(own);
        Refresh();
    }

    /// <summary>Takes over the moves since the last call: of several hosts, what officers' marks on the others have made.</summary>
    public void Refresh()
    {
        lock (_write)
        {
            using var connection = _open();
            foreach (var (number, sensor, rule, factor) in connection.Query<(long, string, string, double)>(
                "SELECT number, sensor, rule, to_factor FROM threshold_move WHERE number > @seen ORDER BY number", new { seen = _seen }))
            {
                Of(sensor, rule).Factor = factor;
                _seen = number;
            }
        }
    }

    /// <summary>The same object for the life of the program; its factor moves.</summary>
    private Threshold Of(string sensor, string rule) =>
        _thresholds.GetOrAdd((sensor, rule), _ => new Threshold());

    /// <summary>The same with the standard of the sensor's kind.</summary>
    public Threshold Of(Sensor sensor, string rule)
    {
        var threshold = Of(sensor.Id, rule);
        threshold.Standard = IsNovelty(rule)
            ? _options.NoveltyNats ?? NoveltyMetrics.Of(sensor.Kind).Single(m => NoveltyMetrics.RuleOf(m.Metric) == rule).Nats
            : _options.ChartLevel;
        return threshold;
    }

    /// <summary>Moves of one detector's threshold, oldest first.</summary>
    public IReadOnlyList<ThresholdMove> History(string sensor, string rule)
    {
        using var connection = _open();
        return [.. Rows(connection, sensor, rule).Select(r => new ThresholdMove(
            r.Alert, r.Known switch { AlertVerdict.True => "true", AlertVerdict.False => "false", _ => "none" }, r.Actor, DateTimeOffset.FromUnixTimeMilliseconds(r.AtMs), r.FromFactor, r.ToFactor))];
    }

    public void Marked(AlertView alert, AlertVerdict? verdict, string by)
    {
        if (!IsNovelty(alert.Rule) && !IsStation(alert.Rule)) return;
        lock (_write)
        {
            using var connection = _open();
            using var transaction = Begin(connection);
            var mark = new MoveRow
            {
                Sensor = alert.SensorId,
                Rule = alert.Rule,
                Alert = alert.Id,
                Verdict = (long?)verdict ?? NoVerdict,
                Actor = alert.MarkedBy ?? by,
                AtMs = (alert.MarkedAt ?? alert.UpdatedAt).ToUnixTimeMilliseconds(),
            };
            var rows = Rows(connection, mark.Sensor, mark.Rule);
            if ((rows.LastOrDefault(r => r.Alert == mark.Alert)?.Verdict ?? NoVerdict) == mark.Verdict) return;
            Append(connection, rows, mark);
            transaction.Commit();
            Of(mark.Sensor, mark.Rule).Factor = mark.ToFactor;
        }
    }

    /// <summary>Marks that only this host's file has, in their order; again it changes nothing.</summary>
    private void TakeOver(SqliteFile own)
    {
        using var file = own.Open();
        var marks = file.Query<MoveRow>($"SELECT {Columns} FROM threshold_move ORDER BY number").AsList();
        if (marks.Count == 0) return;
        using var connection = _open();
        using var transaction = Begin(connection);
        foreach (var mark in marks)
        {
            var rows = Rows(connection, mark.Sensor, mark.Rule);
            // A newer verdict on the same alert may have been given on another host since.
            if (!rows.Exists(r => r.Alert == mark.Alert && (r.AtMs > mark.AtMs || (r.AtMs == mark.AtMs && r.Verdict == mark.Verdict)))) Append(connection, rows, mark);
        }
        transaction.Commit();
    }

    // So that numbers become visible in their order, and marks on two hosts at once both count.
    private DbTransaction Begin(DbConnection connection)
    {
        var transaction = connection.BeginTransaction();
        if (_isShared) connection.Execute($"SELECT pg_advisory_xact_lock({OrderLock})", transaction: transaction);
        return transaction;
    }

    private static void Append(DbConnection connection, List<MoveRow> before, MoveRow mark)
    {
        mark.FromFactor = before.LastOrDefault()?.ToFactor ?? 1;
        mark.ToFactor = Threshold.FactorOf([.. before.Append(mark).Select(r => (r.Alert, r.Known))]);
        connection.Execute(
            """
            INSERT INTO threshold_move (sensor, rule, alert, verdict, actor, at_ms, from_factor, to_factor)
            VALUES (@Sensor, @Rule, @Alert, @Verdict, @Actor, @AtMs, @FromFactor, @ToFactor)
            """, mark);
    }

    private static bool IsNovelty(string rule) => rule.StartsWith(NoveltyMetrics.RuleOf(""), StringComparison.Ordinal);

    private static bool IsStation(string rule) =>
        rule == StationDetectors.RuleOf(SensorKind.WaterQuality) || rule == StationDetectors.RuleOf(SensorKind.Pipe);

    private static List<MoveRow> Rows(DbConnection connection, string sensor, string rule) => connection.Query<MoveRow>(
        $"SELECT {Columns} FROM threshold_move WHERE sensor = @sensor AND rule = @rule ORDER BY number", new { sensor, rule }).AsList();

    private sealed class MoveRow
    {
        public string Sensor { get; set; } = "";

        public string Rule { get; set; } = "";

        public string Alert { get; set; } = "";

        public long Verdict { get; set; }

        public AlertVerdict? Known => Verdict == NoVerdict ? null : (AlertVerdict)Verdict;

        public string Actor { get; set; } = "";

        public long AtMs { get; set; }

        public double FromFactor { get; set; }

        public double ToFactor { get; set; }
    }
}
