using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Alerts;

/// <summary>Reads alerts that are on disk.</summary>
public sealed class AlertQueries(AlertDatabase database)
{
    public Alert? Find(string id)
    {
        using var connection = database.Open();
        return Read(connection, "SELECT body FROM alert WHERE id = $id", [new("$id", id)]).FirstOrDefault();
    }

    public IReadOnlyList<Alert> Open()
    {
        using var connection = database.Open();
        return [.. Read(connection, $"SELECT body FROM alert WHERE state IN ({(int)AlertState.Raised}, {(int)AlertState.Acknowledged})", [])];
    }

    /// <summary>Events of one alert in order.</summary>
    public IReadOnlyList<AlertEvent> EventsOf(string id)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM alert_event WHERE alert = $id ORDER BY sequence";
        command.Parameters.AddWithValue("$id", id);
        using var reader = command.ExecuteReader();
        var events = new List<AlertEvent>();
        while (reader.Read()) events.Add(JsonSerializer.Deserialize(reader.GetString(0), AlertJson.Stored.AlertEvent)!);
        return events;
    }

    /// <summary>One page, newest raised first, and where the next begins (null at the end).</summary>
    public (IReadOnlyList<Alert> Items, AlertCursor? Next) List(AlertFilter filter)
    {
        var where = new List<string>();
        var parameters = new List<SqliteParameter>();
        void Where(string condition, string name, object? value)
        {
            if (value is null) return;
            where.Add(condition);
            parameters.Add(new SqliteParameter(name, value));
        }
        // Numbers of enumerations, not text from outside: safe to write into the statement.
        if (filter.States.Count > 0) where.Add($"state IN ({string.Join(", ", filter.States.Select(s => (int)s))})");
        if (filter.Severities.Count > 0) where.Add($"severity IN ({string.Join(", ", filter.Severities.Select(s => (int)s))})");
        Where("sensor = $sensor", "$sensor", filter.Sensor);
        Where("rule = $rule", "$rule", filter.Rule);
        Where("kind = $kind", "$kind", filter.Kind);
        Where("street = $street", "$street", filter.Street);
        Where("raised_at >= $from", "$from", filter.FromMs);
        Where("raised_at < $to", "$to", filter.ToMs);
        Where("(raised_at, id) < ($afterMs, $afterId)", "$afterMs", filter.After?.RaisedMs);
        if (filter.After is { } after) parameters.Add(new SqliteParameter("$afterId", after.Id));
        parameters.Add(new SqliteParameter("$limit", filter.Limit + 1));
        using var connection = database.Open();
        var found = Read(
            connection,
            $"SELECT body FROM alert {(where.Count > 0 ? "WHERE " : "")}{string.Join(" AND ", where)} ORDER BY raised_at DESC, id DESC LIMIT $limit",
            parameters).ToList();
        if (found.Count <= filter.Limit) return (found, null);
        found.RemoveAt(filter.Limit);
        return (found, new AlertCursor(found[^1].RaisedAt.ToUnixTimeMilliseconds(), found[^1].Id));
    }

    internal static IEnumerable<Alert> OpenOf(SqliteConnection connection, string sensorId) =>
        Read(connection, $"SELECT body FROM alert WHERE sensor = $sensor AND state <> {(int)AlertState.Closed}", [new("$sensor", sensorId)]);

    private static IEnumerable<Alert> Read(SqliteConnection connection, string sql, IEnumerable<SqliteParameter> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddRange(parameters);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return JsonSerializer.Deserialize(reader.GetString(0), AlertJson.Stored.Alert)!;
    }
}
