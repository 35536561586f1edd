using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.History.Influx;

/// <summary>A reading's identity: sensor, device time, sequence.</summary>
internal readonly record struct ReadingIdentity(string Sensor, long DeviceMs, long Sequence);

/// <summary>
/// What the sink must remember for each store it writes to, in <c>DataDirectory/influx.db</c>: the cursor, which moves after the
/// readings are in the store, and the points of readings whose clock was ahead. Should the file be lost, what the journal
/// still has is written again to the same points.
/// </summary>
internal sealed class SinkFile : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly long _store;

    /// <exception cref="IOException">The file cannot be opened; the message says what to do.</exception>
    public SinkFile(string path, string target)
    {
        _connection = new SqliteFile(path,
            """
            CREATE TABLE store(id INTEGER PRIMARY KEY, target TEXT NOT NULL UNIQUE, cursor INTEGER NOT NULL, readings INTEGER NOT NULL);
            CREATE TABLE ahead(
                store INTEGER NOT NULL, sensor TEXT NOT NULL, device_ms INTEGER NOT NULL, seq INTEGER NOT NULL, time_ns INTEGER NOT NULL,
                PRIMARY KEY(store, sensor, device_ms, seq)) WITHOUT ROWID;
            CREATE UNIQUE INDEX ahead_time ON ahead(store, sensor, time_ns);
            """).Open();
        Execute("INSERT OR IGNORE INTO store(target, cursor, readings) VALUES($1, 0, 0)", target);
        using var command = Command("SELECT id, cursor, readings FROM store WHERE target = $1", target);
        using var reader = command.ExecuteReader();
        reader.Read();
        (_store, Cursor, Readings) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    public long Cursor { get; private set; }

    /// <summary>Points that the store has accepted, those that replaced themselves too.</summary>
    public long Readings { get; private set; }

    public void Save(long cursor, long readings)
    {
        Execute("UPDATE store SET cursor = $1, readings = $2 WHERE id = $3", cursor, readings, _store);
        (Cursor, Readings) = (cursor, readings);
    }

    /// <summary>The range of device times of each sensor's readings whose clock was ahead.</summary>
    public List<(string Sensor, long FromMs, long ToMs)> AheadRanges()
    {
        using var command = Command("SELECT sensor, min(device_ms), max(device_ms) FROM ahead WHERE store = $1 GROUP BY sensor", _store);
        using var reader = command.ExecuteReader();
        var ranges = new List<(string, long, long)>();
        while (reader.Read()) ranges.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        return ranges;
    }

    public long? AheadTime(ReadingIdentity reading)
    {
        using var command = Command("SELECT time_ns FROM ahead WHERE store = $1 AND sensor = $2 AND device_ms = $3 AND seq = $4",
            _store, reading.Sensor, reading.DeviceMs, reading.Sequence);
        return command.ExecuteScalar() as long?;
    }

    /// <summary>Keeps each reading's point; where the wanted one is taken by another reading of the sensor, the next free one.</summary>
    public void KeepAhead(IEnumerable<(ReadingIdentity Reading, long TimeNs)> places)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var (reading, wanted) in places)
        {
            // Fails on the point, never on the identity, which the caller has looked up.
            for (var ns = wanted; ; ns++)
            {
                var kept = Execute("INSERT OR IGNORE INTO ahead(store, sensor, device_ms, seq, time_ns) VALUES($1, $2, $3, $4, $5)",
                    _store, reading.Sensor, reading.DeviceMs, reading.Sequence, ns);
                if (kept > 0) break;
            }
        }
        transaction.Commit();
    }

    public void ForgetAhead(long beforeNs) => Execute("DELETE FROM ahead WHERE store = $1 AND time_ns < $2", _store, beforeNs);

    public void Dispose() => _connection.Dispose();

    private int Execute(string sql, params object[] values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params object[] values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (i, value) in values.Index()) command.Parameters.AddWithValue($"${i + 1}", value);
        return command;
    }
}
