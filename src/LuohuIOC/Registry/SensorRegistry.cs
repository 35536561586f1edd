using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Registry;

/// <summary>
/// All sensors in memory, by id and by number, backed by <c>registry.db</c>. Reads never lock and never touch the disk.
/// </summary>
public sealed class SensorRegistry
{
    private readonly ConcurrentDictionary<string, Sensor> _byId = new(StringComparer.Ordinal);
    private Sensor[] _byNumber = [];
    private int _count;

    /// <summary>Numbers given so far; every number below it is a sensor.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>A row was added or replaced (import, retirement, auto-registration, a generic sensor's new metric).</summary>
    public event Action<Sensor>? Changed;

    public Sensor this[int number] => Volatile.Read(ref _byNumber)[number];

    public bool TryFind(string id, [NotNullWhen(true)] out Sensor? sensor) => _byId.TryGetValue(id, out sensor);

    /// <summary>Looks a sensor up by its id's UTF-8 bytes without making a string.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8Id, [NotNullWhen(true)] out Sensor? sensor) =>
        _byId.TryGetValue(System.Text.Encoding.UTF8.GetString(utf8Id), out sensor);

    /// <summary>Admits an unknown sensor as <see cref="SensorKind.Generic"/>; returns the existing one if another thread was first.</summary>
    public Sensor AutoRegister(string id, string gateway)
    {
        lock (_byId)
        {
            if (_byId.TryGetValue(id, out var known)) return known;
            var sensor = new Sensor
            {
                Number = _count, Id = id, Kind = SensorKind.Generic, Name = id, Street = "", Longitude = 0, Latitude = 0,
                Gateway = gateway, Layout = MetricLayout.Of(SensorKind.Generic),
            };
            if (_count == _byNumber.Length) Array.Resize(ref _byNumber, Math.Max(64, _count * 2));
            _byNumber[_count] = sensor;
            Volatile.Write(ref _count, _count + 1);
            _byId[id] = sensor;
            Changed?.Invoke(sensor);
            return sensor;
        }
    }

    /// <summary>The sensor with a layout that has the metric, which a generic sensor has just sent for the first time.</summary>
    public Sensor WithMetric(Sensor sensor, string metric)
    {
        lock (_byId)
        {
            var current = _byNumber[sensor.Number];
            if (current.Layout.Names.Contains(metric)) return current;
            var grown = current with { Layout = new MetricLayout([.. current.Layout.Names, metric]) };
            _byNumber[sensor.Number] = grown;
            _byId[sensor.Id] = grown;
            Changed?.Invoke(grown);
            return grown;
        }
    }
}
