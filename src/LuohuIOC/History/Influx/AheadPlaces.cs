using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Influx;

/// <summary>
/// Points of readings whose clock was ahead. They count as of their receipt, which is another time at each resend: the point of the
/// first receipt is remembered by identity. Other readings pay one comparison each.
/// </summary>
internal sealed class AheadPlaces(InfluxClient client, Func<int, Sensor> find)
{
    /// <summary>Statements of one look-up.</summary>
    private const int LookUpMax = 200;

    private readonly Dictionary<string, (long FromMs, long ToMs)> _stored = [];
    private (long FromMs, long ToMs)[] _ranges = [];
    private int _known;
    private SinkFile? _file;

    /// <summary>Newest time that a device gave, and of receipts that stand for one; <see cref="long.MinValue"/> as long as there is none.</summary>
    public (long OfDeviceMs, long OfHostMs) Newest { get; private set; } = (long.MinValue, long.MinValue);

    public void Load(SinkFile file)
    {
        _file = file;
        _known = 0;
        _stored.Clear();
        foreach (var (sensor, fromMs, toMs) in file.AheadRanges()) _stored[sensor] = (fromMs, toMs);
    }

    /// <summary>Gives every reading of a clock ahead a point before any is written.</summary>
    public async Task PlaceAsync(IReadOnlyList<ReadingGroup> groups, long after, CancellationToken cancellationToken)
    {
        var fresh = new Dictionary<ReadingIdentity, (int Sensor, long TimeMs)>();
        foreach (var group in groups)
        {
            if (group.Position <= after) continue;
            for (var i = 0; i < group.Count; i++)
            {
                var timeMs = ReadingClock.EffectiveMs(group.DeviceTimes[i], group.ReceivedTimes[i]);
                if (timeMs == group.DeviceTimes[i])
                {
                    Newest = Newest with { OfDeviceMs = Math.Max(Newest.OfDeviceMs, timeMs) };
                    continue;
                }
                Newest = Newest with { OfHostMs = Math.Max(Newest.OfHostMs, timeMs) };
                var reading = IdentityOf(group, i);
                if (_file!.AheadTime(reading) is null) fresh.TryAdd(reading, (group.Sensors[i], timeMs));
            }
        }
        if (fresh.Count == 0) return;
        var stored = await FindStoredAsync([.. fresh.Select(f => (f.Key, f.Value.Sensor))], cancellationToken);
        // Of one receipt the points lie in the device's order, as far as it came at once.
        _file!.KeepAhead(fresh.OrderBy(f => (f.Key.DeviceMs, f.Key.Sequence)).Select(f => (f.Key, stored.Contains(f.Key)
            ? PointTime.Of(f.Key.DeviceMs, f.Key.Sequence)
            : f.Value.TimeMs * PointTime.NsPerMs + PointTime.FirstAheadPlace)));
        foreach (var (reading, (sensor, _)) in fresh) Widen(sensor, reading.DeviceMs);
    }

    /// <summary>The point of a reading.</summary>
    public long TimeOf(ReadingGroup group, int reading)
    {
        var (sensor, deviceMs) = (group.Sensors[reading], group.DeviceTimes[reading]);
        if (sensor >= _known) Learn(sensor);
        var (fromMs, toMs) = _ranges[sensor];
        if (deviceMs >= fromMs && deviceMs <= toMs && _file!.AheadTime(IdentityOf(group, reading)) is { } ns) return ns;
        return PointTime.Of(deviceMs, group.Sequences[reading]);
    }

    private ReadingIdentity IdentityOf(ReadingGroup group, int reading) =>
        new(find(group.Sensors[reading]).Id, group.DeviceTimes[reading], group.Sequences[reading]);

    /// <summary>Those that the store has at their device time, from a receipt at which the clock was believed.</summary>
    private async Task<HashSet<ReadingIdentity>> FindStoredAsync(List<(ReadingIdentity Reading, int Sensor)> readings, CancellationToken cancellationToken)
    {
        var stored = new HashSet<ReadingIdentity>();
        foreach (var some in readings.Chunk(LookUpMax))
        {
            var statements = some.Select(r =>
                $"SELECT {InfluxQl.Name(PointFields.Quality)} FROM {InfluxQl.Measurement(find(r.Sensor))} WHERE {InfluxQl.IsSensor(find(r.Sensor))} " +
                $"AND time = {PointTime.Of(r.Reading.DeviceMs, r.Reading.Sequence)}");
            var answers = await client.QueryAsync(string.Join(';', statements), cancellationToken);
            foreach (var (i, answer) in answers.Index())
                if (answer.Count > 0) stored.Add(some[i].Reading);
        }
        return stored;
    }

    private void Widen(int sensor, long deviceMs)
    {
        Learn(sensor);
        var (fromMs, toMs) = _ranges[sensor];
        _ranges[sensor] = (Math.Min(fromMs, deviceMs), Math.Max(toMs, deviceMs));
    }

    /// <summary>Numbers are given in order: all up to this one are sensors.</summary>
    private void Learn(int sensor)
    {
        if (sensor < _known) return;
        if (sensor >= _ranges.Length) Array.Resize(ref _ranges, Math.Max(sensor + 1, Math.Max(1024, _ranges.Length * 2)));
        for (; _known <= sensor; _known++)
            _ranges[_known] = _stored.Count > 0 && _stored.TryGetValue(find(_known).Id, out var range) ? range : (long.MaxValue, long.MinValue);
    }
}
