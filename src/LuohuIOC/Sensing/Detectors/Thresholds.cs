using System.Collections.Concurrent;
using Dapper;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// The thresholds of all detectors, and the marks that moved them, in <c>models.db</c>. A mark is stored before it counts, and the same
/// verdict on the same alert counts once.
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

    private readonly SqliteFile _file;
    private readonly DetectionOptions _options;
    private readonly Lock _write = new();
    private readonly ConcurrentDictionary<(string Sensor, string Rule), Threshold> _thresholds = new();

    public Thresholds(SqliteFile file, DetectionOptions options)
    {
        (_file, _options) = (file, options);
        using var connection = file.Open();
        foreach (var row in connection.Query<(string Sensor, string Rule, double Factor)>(
            "SELECT sensor, rule, to_factor FROM threshold_move WHERE number IN (SELECT MAX(number) FROM threshold_move GROUP BY sensor, rule)"))
            Of(row.Sensor, row.Rule).Factor = row.Factor;
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
        using var connection = _file.Open();
        return [.. Rows(connection, sensor, rule).Select(r => new ThresholdMove(
            r.Alert, r.Verdict == (long)AlertVerdict.True ? "true" : "false", r.Actor, DateTimeOffset.FromUnixTimeMilliseconds(r.AtMs), r.FromFactor, r.ToFactor))];
    }

    public void Marked(AlertView alert, AlertVerdict verdict)
    {
        if (!IsNovelty(alert.Rule) && !IsStation(alert.Rule)) return;
        lock (_write)
        {
            using var connection = _file.Open();
            using var transaction = connection.BeginTransaction();
            var rows = Rows(connection, alert.SensorId, alert.Rule);
            if (rows.LastOrDefault(r => r.Alert == alert.Id)?.Verdict == (long)verdict) return;
            var threshold = Of(alert.SensorId, alert.Rule);
            var factor = Threshold.FactorOf([.. rows.Select(r => (r.Alert, (AlertVerdict)r.Verdict)), (alert.Id, verdict)]);
            connection.Execute(
                "INSERT INTO threshold_move (sensor, rule, alert, verdict, actor, at_ms, from_factor, to_factor) VALUES (@sensor, @rule, @id, @mark, @actor, @atMs, @from, @to)",
                new
                {
                    sensor = alert.SensorId,
                    rule = alert.Rule,
                    id = alert.Id,
                    mark = (int)verdict,
                    actor = alert.MarkedBy ?? "?",
                    atMs = (alert.MarkedAt ?? alert.UpdatedAt).ToUnixTimeMilliseconds(),
                    from = threshold.Factor,
                    to = factor,
                },
                transaction);
            transaction.Commit();
            threshold.Factor = factor;
        }
    }

    private static bool IsNovelty(string rule) => rule.StartsWith(NoveltyMetrics.RuleOf(""), StringComparison.Ordinal);

    private static bool IsStation(string rule) =>
        rule == StationDetectors.RuleOf(SensorKind.WaterQuality) || rule == StationDetectors.RuleOf(SensorKind.Pipe);

    private static List<MoveRow> Rows(Microsoft.Data.Sqlite.SqliteConnection connection, string sensor, string rule) =>
        connection.Query<MoveRow>(
            """
            SELECT alert, verdict, actor, at_ms AS atMs, from_factor AS fromFactor, to_factor AS toFactor FROM threshold_move
            WHERE sensor = @sensor AND rule = @rule ORDER BY number
            """,
            new { sensor, rule }).AsList();

    private sealed class MoveRow
    {
        public string Alert { get; set; } = "";

        public long Verdict { get; set; }

        public string Actor { get; set; } = "";

        public long AtMs { get; set; }

        public double FromFactor { get; set; }

        public double ToFactor { get; set; }
    }
}
