using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Alerts;

/// <summary>The file <c>alerts.db</c>: current alerts, their events in one hash chain, and what each rule was last seen to say.</summary>
public sealed class AlertDatabase(string path)
{
    private readonly SqliteFile _file = new(path, Schema);

    public SqliteConnection Open() => _file.Open();

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
