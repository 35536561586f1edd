using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.DuckDb;

/// <summary>
/// One transaction of readings after the other: what cannot be in the store yet is appended at once, the rest is looked up first.
/// What it remembers is derived from the file; after a failure it is closed, and loaded from the file again.
/// </summary>
internal sealed class ReadingIntake(Func<int, Sensor> find, Func<CancellationToken, Task> flushRegistry)
{
    private readonly StoredSensors _sensors = new(find);
    private readonly Suspects _suspects = new();
    private readonly ReadingAppender?[] _appenders = new ReadingAppender?[KindCatalogue.All.Count];
    private KnownIdentities _known = new([], long.MinValue);

    public void SensorChanged(Sensor sensor) => _sensors.Changed(sensor.Number);

    public void Load(HistoryFile file) => _known = LoadIdentities(file, _sensors.Load(file.Connection));

    public void Close()
    {
        for (var i = 0; i < _appenders.Length; i++)
        {
            _appenders[i]?.Dispose();
            _appenders[i] = null;
        }
    }

    /// <summary>Stores the groups behind a cursor and moves it, in one transaction.</summary>
    /// <returns>How many readings were new and how many were stored before.</returns>
    public async Task<(long Stored, long Duplicates)> StoreAsync(
        HistoryFile file, IReadOnlyList<ReadingGroup> groups, long after, long cursor, CancellationToken cancellationToken)
    {
        var (stored, duplicates) = (0L, 0L);
        _suspects.Clear();
        _sensors.TakeChanges();
        file.Connection.Execute("BEGIN");
        foreach (var group in groups)
        {
            if (group.Position <= after) continue;
            var fresh = AddSurelyNew(file, group);
            stored += fresh;
            duplicates += group.Count - fresh;
        }
        if (_suspects.Count > 0)
        {
            var fresh = AddNewSuspects(file);
            stored += fresh;
            duplicates -= fresh;
        }
        foreach (var appender in _appenders)
            if (appender is { IsOpen: true }) appender.End();
        if (_sensors.HasUnwritten)
        {
            await flushRegistry(cancellationToken);
            _sensors.Write(file.Connection);
        }
        file.Connection.Execute($"UPDATE state SET cursor = {cursor}, readings = readings + {stored}");
        if (duplicates > 0) file.Connection.Execute($"UPDATE repeated SET readings = readings + {duplicates}");
        file.Connection.Execute("COMMIT");
        _sensors.Committed();
        return (stored, duplicates);
    }

    /// <summary>Appends what history cannot have yet, collects what must be looked up; returns how many were appended.</summary>
    private int AddSurelyNew(HistoryFile file, ReadingGroup group)
    {
        var added = 0;
        for (var i = 0; i < group.Count; i++)
        {
            var sensor = group.Sensors[i];
            var deviceMs = group.DeviceTimes[i];
            var timeMs = ReadingClock.EffectiveMs(deviceMs, group.ReceivedTimes[i]);
            var kind = _sensors.KindOf(sensor);
            if (kind == SensorKind.Generic)
                foreach (var slot in group.SlotsOf(i)) _sensors.SeeSlot(sensor, slot);
            switch (_known.Judge(sensor, deviceMs, group.Sequences[i], ahead: timeMs != deviceMs))
            {
                case Novelty.New:
                    AppenderOf(file, kind).Add(group, i, timeMs);
                    added++;
                    break;
                case Novelty.Suspect:
                    _suspects.Add(file.Tables[kind], group, i, timeMs);
                    break;
            }
        }
        return added;
    }

    private int AddNewSuspects(HistoryFile file)
    {
        foreach (var appender in _appenders)
            if (appender is { IsOpen: true }) appender.Flush();
        var (fresh, rest) = _suspects.FindNew(file.Connection);
        foreach (var suspect in fresh)
        {
            AppenderOf(file, suspect.Table.Definition.Kind).Add(suspect.Group, suspect.Reading, suspect.TimeMs);
            _known.Remember(suspect.Sensor, suspect.DeviceMs, suspect.Sequence, suspect.Ahead);
        }
        if (rest.Count == 0) return fresh.Count;
        foreach (var appender in _appenders)
            if (appender is { IsOpen: true }) appender.Flush();
        foreach (var suspect in rest) RestOfMoment.Store(file.Connection, suspect);
        return fresh.Count;
    }

    private ReadingAppender AppenderOf(HistoryFile file, SensorKind kind)
    {
        var appender = _appenders[(int)kind] ??= new ReadingAppender(file.Tables[kind]);
        if (!appender.IsOpen) appender.Begin(file.Connection.NativeConnection);
        return appender;
    }

    /// <summary>The newest time overall stands for each sensor's own: no scan of every row, and the few seconds of doubt cost one join each.</summary>
    private static KnownIdentities LoadIdentities(HistoryFile file, IReadOnlyCollection<int> sensors)
    {
        var newest = file.Tables.Values.Max(t => file.Connection.Scalar($"SELECT epoch_ms(max(ts)) FROM {KindTable.Quote(t.Name)}", long.MinValue));
        var known = new KnownIdentities(sensors, newest);
        foreach (var table in file.Tables.Values)
        {
            using var query = file.Connection.CreateCommand();
            query.CommandText = $"SELECT sensor, epoch_ms(min(device_ts)), epoch_ms(max(device_ts)) FROM {KindTable.Quote(table.Name)} WHERE device_ts IS NOT NULL GROUP BY sensor";
            using var reader = query.ExecuteReader();
            while (reader.Read()) known.SetAhead(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2));
        }
        return known;
    }
}
