using System.Data.Common;
using System.Text.Json;

namespace LuohuIOC.Alerts;

/// <summary>
/// Writes batches of transitions, each in one transaction, over one connection that only the store's writer uses. Knows the head of the
/// hash chain unless other hosts write to it too; after any failure it must be disposed, a new one reads the head from the file again.
/// </summary>
internal sealed class AlertCommit : IDisposable
{
    private readonly AlertDatabase _database;
    private readonly DbConnection _connection;
    private readonly DbCommand _alert;
    private readonly DbCommand _event;
    private readonly DbCommand _watch;
    private long _position;
    private byte[] _head;

    public AlertCommit(AlertDatabase database)
    {
        _database = database;
        _connection = database.OpenToWrite();
        _alert = Command(
            """
            INSERT INTO alert (id, sensor, rule, kind, street, state, severity, raised_at, body)
            VALUES (@p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, severity = excluded.severity, body = excluded.body
            """, 9);
        _event = Command(
            """
            INSERT INTO alert_event (position, alert, sequence, body, previous, hash) VALUES (@p1, @p2, @p3, @p4, @p5, @p6)
            ON CONFLICT (alert, sequence) DO NOTHING
            """, 6);
        _watch = Command(
            """
            INSERT INTO rule_watch (sensor, rule, body) VALUES (@p1, @p2, @p3)
            ON CONFLICT (sensor, rule) DO UPDATE SET body = excluded.body
            """, 3);
        (_position, _head) = AlertChain.HeadOf(_connection, null);
    }

    public bool IsConnected => _connection.State == System.Data.ConnectionState.Open;

    public void Write(IEnumerable<AlertSave> saves)
    {
        using var transaction = _database.BeginWrite(_connection);
        var (position, head) = _database.IsShared ? AlertChain.HeadOf(_connection, transaction) : (_position, _head);
        foreach (var save in saves)
        {
            var known = 0;
            foreach (var happened in save.Events)
            {
                var body = JsonSerializer.Serialize(happened, AlertJson.Stored.AlertEvent);
                var hash = AlertChain.Hash(head, body);
                if (Run(_event, transaction, position + 1, happened.AlertId, (long)happened.Sequence, body, head, hash) == 0)
                {
                    Recognise(transaction, happened, body);
                    known++;
                    continue;
                }
                (position, head) = (position + 1, hash);
                if (happened.Type == AlertEventType.Raised && save.Alert is { State: not AlertState.Closed } && _database.IsShared) Guard(transaction, save, happened.AlertId);
            }
            // All of it is there, and perhaps more by now, which must not be taken back.
            if (known > 0 && known == save.Events.Count) continue;
            if (save.Alert is { } alert)
                Run(_alert, transaction, alert.Id, alert.Subject.SensorId, alert.Rule, alert.Subject.Kind, alert.Subject.Street,
                    (long)alert.State, (long)alert.Severity, alert.RaisedAt.ToUnixTimeMilliseconds(),
                    JsonSerializer.Serialize(alert, AlertJson.Stored.Alert));
            Run(_watch, transaction, save.SensorId, save.Watch.Rule, JsonSerializer.Serialize(StoredWatch.Of(save.Watch), AlertJson.Stored.StoredWatch));
        }
        transaction.Commit();
        (_position, _head) = (position, head);
    }

    /// <summary>
    /// The same event is there: it was written, and the server was lost before it could say so. Another event of that number is from a second
    /// grain of the same sensor, which was a step ahead: this one must begin again from what is written.
    /// </summary>
    private void Recognise(DbTransaction transaction, AlertEvent happened, string body)
    {
        using var command = Command("SELECT body FROM alert_event WHERE alert = @p1 AND sequence = @p2", 2);
        command.Transaction = transaction;
        (command.Parameters[0].Value, command.Parameters[1].Value) = (happened.AlertId, (long)happened.Sequence);
        if (!body.Equals(command.ExecuteScalar() as string, StringComparison.Ordinal))
            throw new InvalidOperationException($"Alert {happened.AlertId} has another event {happened.Sequence} already.");
    }

    /// <summary>
    /// Of several hosts two may each have a grain of one sensor for a while. What the other one has raised is this rule's alert, with which this grain must
    /// go on: nobody would ever close a second one.
    /// </summary>
    private void Guard(DbTransaction transaction, AlertSave save, string raised)
    {
        using var command = Command($"SELECT id FROM alert WHERE sensor = @p1 AND rule = @p2 AND id <> @p3 AND state <> {(int)AlertState.Closed} LIMIT 1", 3);
        command.Transaction = transaction;
        (command.Parameters[0].Value, command.Parameters[1].Value, command.Parameters[2].Value) = (save.SensorId, save.Watch.Rule, raised);
        if (command.ExecuteScalar() is string open)
            throw new InvalidOperationException($"Alert {raised} would be a second one beside {open}, which another host has raised.");
    }

    public void Dispose()
    {
        _alert.Dispose();
        _event.Dispose();
        _watch.Dispose();
        _connection.Dispose();
    }

    private DbCommand Command(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private static int Run(DbCommand command, DbTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command.ExecuteNonQuery();
    }
}
