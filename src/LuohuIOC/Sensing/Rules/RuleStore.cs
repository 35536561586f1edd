using System.Data.Common;
using System.Text.Json;
using Dapper;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Rules;

/// <summary>One version of one sensor's rule.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="RuleId">The rule.</param>
/// <param name="Version">1, 2, 3 … for each sensor and rule, going on after a return to the default.</param>
/// <param name="Rule">The override; null = back to the default.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="ChangedBy">Who.</param>
/// <param name="Comment">Why, as the officer wrote it.</param>
public sealed record RuleVersion(
    string SensorId, string RuleId, int Version, Rule? Rule, DateTimeOffset ChangedAt, string ChangedBy, string? Comment);

/// <summary>
/// Overrides: every version stays, the newest of a sensor and rule is in force. In <c>rules.db</c> of a host alone, or in the database that several
/// hosts share.
/// </summary>
internal sealed class RuleStore
{
    private const string Schema = """
        CREATE TABLE rule_version (
            sensor TEXT NOT NULL, rule TEXT NOT NULL, version INTEGER NOT NULL,
            body TEXT, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL, comment TEXT,
            PRIMARY KEY (sensor, rule, version)) WITHOUT ROWID
        """;

    private const string Columns = "sensor, rule, version, body, changed_at AS \"ChangedAt\", changed_by AS \"ChangedBy\", comment";

    private readonly Func<DbConnection> _open;

    public RuleStore(string path) => _open = new SqliteFile(path, Schema).Open;

    public RuleStore(PostgresDatabase shared)
    {
        shared.Migrate("rules", Schema.Replace(" WITHOUT ROWID", "", StringComparison.Ordinal).Replace("INTEGER", "bigint", StringComparison.Ordinal));
        _open = shared.Open;
    }

    /// <summary>The newest version of every sensor's every rule.</summary>
    public List<RuleVersion> LoadNewest()
    {
        using var connection = _open();
        return [.. connection.Query<Row>(
            $"""
            SELECT {Columns} FROM rule_version v
            WHERE version = (SELECT max(version) FROM rule_version n WHERE n.sensor = v.sensor AND n.rule = v.rule)
            """).Select(Read)];
    }

    /// <summary>All versions of one sensor's rules, newest first; of one rule when it is given.</summary>
    public List<RuleVersion> History(string sensorId, string? ruleId)
    {
        using var connection = _open();
        return [.. connection.Query<Row>(
            $"""
            SELECT {Columns} FROM rule_version WHERE sensor = @sensorId AND (CAST(@ruleId AS text) IS NULL OR rule = @ruleId)
            ORDER BY changed_at DESC, version DESC
            """, new { sensorId, ruleId }).Select(Read)];
    }

    public void Append(RuleVersion version)
    {
        using var connection = _open();
        connection.Execute(
            "INSERT INTO rule_version VALUES (@SensorId, @RuleId, @Version, @Body, @ChangedAt, @ChangedBy, @Comment)",
            new
            {
                version.SensorId,
                version.RuleId,
                version.Version,
                Body = version.Rule is null ? null : JsonSerializer.Serialize(version.Rule, RuleJson.Options),
                ChangedAt = version.ChangedAt.ToUnixTimeMilliseconds(),
                version.ChangedBy,
                version.Comment,
            });
    }

    private static RuleVersion Read(Row row) => new(
        row.Sensor, row.Rule, (int)row.Version, row.Body is null ? null : JsonSerializer.Deserialize<Rule>(row.Body, RuleJson.Options),
        DateTimeOffset.FromUnixTimeMilliseconds(row.ChangedAt), row.ChangedBy, row.Comment);

    private sealed record Row(string Sensor, string Rule, long Version, string? Body, long ChangedAt, string ChangedBy, string? Comment);
}
