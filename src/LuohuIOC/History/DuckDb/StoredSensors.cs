using System.Collections.Concurrent;
using DuckDB.NET.Data;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.History.DuckDb;

/// <summary>
/// Which sensors the file knows by name, so that a history file can be read without <c>registry.db</c> and the writer learns a sensor's
/// kind from one byte. A sensor's row is written in the transaction of its first reading and again when its names or metrics change.
/// </summary>
internal sealed class StoredSensors
{
    public const string CreateTableSql =
        "CREATE TABLE IF NOT EXISTS sensor (number INTEGER, id VARCHAR, kind VARCHAR, name VARCHAR, street VARCHAR, metrics VARCHAR[])";

    private const byte Unknown = byte.MaxValue;

    private readonly Func<int, Sensor> _find;
    private readonly ConcurrentQueue<int> _changed = new();

    /// <summary>By number, a hash of the row that the file has.</summary>
    private readonly Dictionary<int, int> _stored = [];
    private readonly HashSet<int> _unwritten = [];
    private byte[] _kinds = [];
    private byte[] _metricCounts = [];

    /// <param name="find">The registry's row of a number.</param>
    public StoredSensors(Func<int, Sensor> find) => _find = find;

    /// <summary>Sensors that this transaction brings into history or whose row it must renew.</summary>
    public bool HasUnwritten => _unwritten.Count > 0;

    /// <summary>A sensor's registry row was replaced; any thread.</summary>
    public void Changed(int sensor) => _changed.Enqueue(sensor);

    /// <summary>Forgets what was not committed and reads what the file has.</summary>
    public IReadOnlyCollection<int> Load(DuckDBConnection connection)
    {
        _stored.Clear();
        _unwritten.Clear();
        Array.Fill(_kinds, Unknown);
        using var query = connection.CreateCommand();
        query.CommandText = "SELECT number, id, kind, name, street, len(metrics) FROM sensor";
        using var reader = query.ExecuteReader();
        while (reader.Read())
        {
            _stored[reader.GetInt32(0)] = HashCode.Combine(
                reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), (int)reader.GetInt64(5));
        }
        return _stored.Keys;
    }

    /// <summary>Called at the start of a transaction: rows of sensors that changed since are renewed with it.</summary>
    public void TakeChanges()
    {
        while (_changed.TryDequeue(out var sensor))
            if (_stored.ContainsKey(sensor)) Learn(sensor);
    }

    public SensorKind KindOf(int sensor) =>
        sensor < _kinds.Length && _kinds[sensor] != Unknown ? (SensorKind)_kinds[sensor] : Learn(sensor);

    /// <summary>A generic sensor sent a value in this slot, which may be new to the file.</summary>
    public void SeeSlot(int sensor, int slot)
    {
        if (slot >= _metricCounts[sensor]) Learn(sensor);
    }

    /// <summary>Writes rows of new and changed sensors; part of the caller's transaction.</summary>
    public void Write(DuckDBConnection connection)
    {
        var known = _unwritten.Where(_stored.ContainsKey).ToList();
        if (known.Count > 0) connection.Execute($"DELETE FROM sensor WHERE number IN ({string.Join(',', known)})");
        using var appender = connection.CreateAppender("sensor");
        foreach (var number in _unwritten)
        {
            var sensor = _find(number);
            appender.CreateRow().AppendValue(number).AppendValue(sensor.Id).AppendValue(KindCatalogue.Of(sensor.Kind).Name)
                .AppendValue(sensor.Name).AppendValue(sensor.Street).AppendValue(sensor.Layout.Names).EndRow();
        }
    }

    public void Committed()
    {
        foreach (var number in _unwritten) _stored[number] = RowHash(_find(number));
        _unwritten.Clear();
    }

    private SensorKind Learn(int number)
    {
        var sensor = _find(number);
        if (number >= _kinds.Length)
        {
            var from = _kinds.Length;
            Array.Resize(ref _kinds, Math.Max(number + 1, Math.Max(1024, from * 2)));
            Array.Resize(ref _metricCounts, _kinds.Length);
            _kinds.AsSpan(from).Fill(Unknown);
        }
        _kinds[number] = (byte)sensor.Kind;
        _metricCounts[number] = (byte)sensor.Layout.Names.Count;
        if (!_stored.TryGetValue(number, out var row) || row != RowHash(sensor)) _unwritten.Add(number);
        return sensor.Kind;
    }

    private static int RowHash(Sensor sensor) =>
        HashCode.Combine(sensor.Id, KindCatalogue.Of(sensor.Kind).Name, sensor.Name, sensor.Street, sensor.Layout.Names.Count);
}
