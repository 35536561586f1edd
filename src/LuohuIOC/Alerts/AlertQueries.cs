using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace LuohuIOC.Alerts;

/// <summary>Reads alerts that are on disk.</summary>
public sealed class AlertQueries(AlertDatabase database) : IAlertPast
{
    /// <summary>The sum keeps SQLite from the index of states, under which nearly all alerts are closed.</summary>
    internal static readonly string ClosedOf = $"SELECT body FROM alert WHERE sensor = @sensor AND raised_at < @before AND state + 0 = {(int)AlertState.Closed}";

    /// <summary>So long a sensor's alerts are asked for at once: a ledger that is locked must not keep all connections, of which each new alert would take one.</summary>
    internal const int LoadSeconds = 5;

    public Alert? Find(string id)
    {
        using var connection = database.Open();
        return Read(connection, "SELECT body FROM alert WHERE id = @id", new { id }).FirstOrDefault();
    }

    public IReadOnlyList<Alert> Open()
    {
        using var connection = database.Open();
        return [.. Read(connection, $"SELECT body FROM alert WHERE state IN ({(int)AlertState.Raised}, {(int)AlertState.Acknowledged})", null)];
    }

    /// <summary>Alerts that are closed, ended since then, and of which people outside of walls were told; newest first.</summary>
    public IReadOnlyList<Alert> ToldAndEnded(DateTimeOffset since, int max)
    {
        using var connection = database.Open();
        return [.. Read(
            connection, $"SELECT body FROM alert WHERE {database.EndedSql} >= @since AND state + 0 = {(int)AlertState.Closed} AND body LIKE '%\"notices\":%' ORDER BY raised_at + 0 DESC LIMIT @max",
            new { since = AlertDatabase.EndedAt(since.ToUnixTimeMilliseconds()), max })];
    }

    /// <summary>Events of one alert in order.</summary>
    public IReadOnlyList<AlertEvent> EventsOf(string id)
    {
        using var connection = database.Open();
        return [.. EventsOf(connection, id)];
    }

    /// <summary>
    /// The last closed alert of a sensor that began before this moment and was of this rule or, failing that, of this metric; with the events of its
    /// life. Both look along the index of the sensor's alerts, backwards.
    /// </summary>
    public (Alert Alert, IReadOnlyList<AlertEvent> Events)? LastSimilar(string sensor, string rule, string metric, DateTimeOffset before)
    {
        const int OthersMax = 50;
        var parameters = new { sensor, rule, before = before.ToUnixTimeMilliseconds() };
        using var connection = database.Open();
        var last = Read(connection, $"{ClosedOf} AND rule = @rule ORDER BY raised_at DESC, id DESC LIMIT 1", parameters).FirstOrDefault()
            ?? (metric.Length == 0 ? null : Read(connection, $"{ClosedOf} ORDER BY raised_at DESC, id DESC LIMIT {OthersMax}", parameters).FirstOrDefault(a => a.Metric == metric));
        return last is null ? null : (last, EventsOf(last.Id));
    }

    public IReadOnlyList<AlertVerdict?> VerdictsOf(string sensor, string rule, DateTimeOffset since)
    {
        using var connection = database.Open();
        return [.. Read(
            connection, "SELECT body FROM alert WHERE sensor = @sensor AND rule = @rule AND raised_at >= @since ORDER BY raised_at DESC, id DESC LIMIT 1000",
            new { sensor, rule, since = since.ToUnixTimeMilliseconds() }).Select(alert => alert.Verdict)];
    }

    public IReadOnlyList<AlertSpan> SpansOf(string sensor, DateTimeOffset since)
    {
        using var connection = database.Open();
        // Put together, the end is in no index: the one of ends would be read through the whole city's alerts.
        var alerts = Read(
            connection, $"SELECT body FROM alert WHERE sensor = @sensor AND {database.EndedSql} || '' >= @since ORDER BY raised_at DESC, id DESC LIMIT 1000",
            new { sensor, since = AlertDatabase.EndedAt(since.ToUnixTimeMilliseconds()) }).ToList();
        return [.. alerts.Select(alert => SpanOf(alert, [.. EventsOf(connection, alert.Id)]))];
    }

    /// <summary>One page, newest raised first, and where the next begins (null at the end).</summary>
    public (IReadOnlyList<Alert> Items, AlertCursor? Next) List(AlertFilter filter)
    {
        var (sql, parameters) = Statement(filter);
        using var connection = database.Open();
        var found = Read(connection, sql, parameters).ToList();
        if (found.Count <= filter.Limit) return (found, null);
        found.RemoveAt(filter.Limit);
        return (found, new AlertCursor(found[^1].RaisedAt.ToUnixTimeMilliseconds(), found[^1].Id));
    }

    internal (string Sql, DynamicParameters Parameters) Statement(AlertFilter filter)
    {
        var where = new List<string>();
        var parameters = new DynamicParameters();
        void Where(string condition, string name, object? value)
        {
            if (value is null) return;
            where.Add(condition);
            parameters.Add(name, value);
        }
        // Numbers of enumerations and names of the catalogue, not text from outside: safe to write into the statement.
        if (filter.States.Count > 0) where.Add($"state IN ({string.Join(", ", filter.States.Select(s => (int)s))})");
        if (filter.Severities.Count > 0) where.Add($"severity IN ({string.Join(", ", filter.Severities.Select(s => (int)s))})");
        if (filter.Kinds.Count > 0) where.Add($"kind IN ({string.Join(", ", filter.Kinds.Select(k => $"'{k}'"))})");
        // The stored form names enumerations as they are declared and leaves out what is null, and in a person's text the quotes would be escaped.
        if (filter.Worst.Count > 0) where.Add($"({string.Join(" OR ", filter.Worst.Select(s => $"body LIKE '%\"worst\":\"{s}\"%'"))})");
        // What older versions have stored has none: there the worst stands for it.
        if (filter.Highest.Count > 0)
            where.Add($"({string.Join(" OR ", filter.Highest.Select(s => $"body LIKE '%\"highest\":\"{s}\"%' OR (body NOT LIKE '%\"highest\":\"%' AND body LIKE '%\"worst\":\"{s}\"%')"))})");
        if (filter.IsCleared is { } isCleared) where.Add($"body {(isCleared ? "" : "NOT ")}LIKE '%\"clearedAt\":\"%'");
        Where("sensor = @sensor", "sensor", filter.Sensor);
        Where("rule = @rule", "rule", filter.Rule);
        Where("street = @street", "street", filter.Street);
        Where("raised_at >= @from", "from", filter.FromMs);
        Where("raised_at < @to", "to", filter.ToMs);
        Where($"{database.EndedSql} >= @heldFrom", "heldFrom", AlertDatabase.EndedAt(filter.HeldFromMs));
        // Of what has not ended long ago there is little, and the index of ends has it; the index of raises would be read to its beginning for it.
        var raised = filter.HeldFromMs is null ? "raised_at" : "raised_at + 0";
        Where($"{raised} < @heldTo", "heldTo", filter.HeldToMs);
        Where("(raised_at, id) < (@afterMs, @afterId)", "afterMs", filter.After?.RaisedMs);
        if (filter.After is { } after) parameters.Add("afterId", after.Id);
        parameters.Add("limit", filter.Limit + 1);
        return ($"SELECT body FROM alert {(where.Count > 0 ? "WHERE " : "")}{string.Join(" AND ", where)} ORDER BY {raised} DESC, id DESC LIMIT @limit", parameters);
    }

    internal static async Task<IEnumerable<Alert>> OpenOfAsync(DbConnection connection, string sensor) =>
        (await connection.QueryAsync<string>($"SELECT body FROM alert WHERE sensor = @sensor AND state <> {(int)AlertState.Closed}", new { sensor }, commandTimeout: LoadSeconds)).Select(Alert);

    private static IEnumerable<Alert> Read(DbConnection connection, string sql, object? parameters) =>
        connection.Query<string>(sql, parameters).Select(Alert);

    private static IEnumerable<AlertEvent> EventsOf(DbConnection connection, string id) =>
        connection.Query<string>("SELECT body FROM alert_event WHERE alert = @id ORDER BY sequence", new { id }).Select(body => JsonSerializer.Deserialize(body, AlertJson.Stored.AlertEvent)!);

    // A station's readings may come hours late: what they say counts by their own time, and not by when this host took note.
    private static AlertSpan SpanOf(Alert alert, AlertEvent[] events)
    {
        var ended = alert.ClearedAt is null ? alert.ClosedAt : Array.FindLast(events, e => e.Type == AlertEventType.Cleared)?.ObservedAt ?? alert.ClearedAt;
        return new AlertSpan(
            alert.Rule, alert.Metric, alert.Verdict, alert.State != AlertState.Closed, (events[0].ObservedAt ?? alert.ObservedAt).ToUnixTimeMilliseconds(), ended?.ToUnixTimeMilliseconds());
    }

    private static Alert Alert(string body) => JsonSerializer.Deserialize(body, AlertJson.Stored.Alert)!;
}
