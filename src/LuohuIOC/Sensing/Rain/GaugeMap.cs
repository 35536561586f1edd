using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Rain;

/// <summary>Which gauges speak for a station: the nearest ones, and the nearest one of each station whose water passes it.</summary>
public sealed class GaugeMap
{
    private readonly SensorRegistry _registry;
    private readonly RainOptions _options;
    private int _version;

    public GaugeMap(SensorRegistry registry, RainOptions options)
    {
        (_registry, _options) = (registry, options);
        registry.Changed += sensor =>
        {
            if (sensor.Kind == SensorKind.RainGauge || sensor.Downstream is not null) Interlocked.Increment(ref _version);
        };
    }

    /// <summary>Counts up when gauges or links may have changed.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Numbers of the gauges; empty when none is in service or the station's place is unknown.</summary>
    public int[] Of(Sensor station)
    {
        var gauges = new List<Sensor>();
        foreach (var sensor in _registry.All)
            if (sensor.Kind == SensorKind.RainGauge && sensor.RetiredAt is null && sensor.Place is not null) gauges.Add(sensor);
        if (gauges.Count == 0 || station.Place is null) return [];
        var above = _registry.Network.AllUpstream(station.Id).Where(s => s.Place is not null).Select(s => Nearest(gauges, s).First());
        return [.. Nearest(gauges, station).Take(_options.Gauges).Concat(above).Select(g => g.Number).Distinct()];
    }

    private static IEnumerable<Sensor> Nearest(List<Sensor> gauges, Sensor station)
    {
        var here = station.Place!.Value;
        return gauges.OrderBy(g => here.MetresTo(g.Place!.Value)).ThenBy(g => g.Number);
    }
}
