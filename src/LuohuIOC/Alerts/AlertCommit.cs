using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Alerts;

/// <summary>
/// Writes batches of transitions, each in one transaction, over one connection that only the store's writer uses. Knows the head of the
/// hash chain; after any failure it must be disposed, a new one reads the head from the file again.
/// </summary>
internal sealed class AlertCommit : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _alert;
    private readonly SqliteCommand _event;
    private readonly SqliteCommand _watch;
    private long _position;
    private byte[] _head;

    public AlertCommit(AlertDatabase database)
    {
        _connection = database.Open();
        // Seconds to wait for a lock; the writer has its own retries and must come back to count them.
        _connection.DefaultTimeout = 1;
        Run("PRAGMA busy_timeout=200");
        _alert = Command(
            """
            INSERT INTO alert (id, sensor, rule, kind, street, state, severity, raised_at, body)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, severity = excluded.severity, body = excluded.body
            """, 9);
        _event = Command("INSERT INTO alert_event (position, alert, sequence, body, previous, hash) VALUES ($1, $2, $3, $4, $5, $6)", 6);
        _watch = Command("INSERT OR REPLACE INTO rule_watch (sensor, rule, body) VALUES ($1, $2, $3)", 3);
        (_position, _head) = AlertChain.HeadOf(_connection);
    }

    public void Write(IEnumerable<AlertSave> saves)
    {
        var (position, head) = (_position, _head);
        using var transaction = _connection.BeginTransaction();
        foreach (var save in saves)
        {
            foreach (var happened in save.Events)
            {
                var body = JsonSerializer.Serialize(happened, AlertJson.Stored.AlertEvent);
                var hash = AlertChain.Hash(head, body);
                Run(_event, transaction, ++position, happened.AlertId, happened.Sequence, body, head, hash);
                head = hash;
            }
            if (save.Alert is { } alert)
                Run(_alert, transaction, alert.Id, alert.Subject.SensorId, alert.Rule, alert.Subject.Kind, alert.Subject.Street,
                    (int)alert.State, (int)alert.Severity, alert.RaisedAt.ToUnixTimeMilliseconds(),
                    JsonSerializer.Serialize(alert, AlertJson.Stored.Alert));
            Run(_watch, transaction, save.SensorId, save.Watch.Rule, JsonSerializer.Serialize(StoredWatch.Of(save.Watch), AlertJson.Stored.StoredWatch));
        }
        transaction.Commit();
        (_position, _head) = (position, head);
    }

    public void Dispose()
    {
        _alert.Dispose();
        _event.Dispose();
        _watch.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Command(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
