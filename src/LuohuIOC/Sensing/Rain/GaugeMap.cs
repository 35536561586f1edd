using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Rain;

/// <summary>Which gauges speak for a station: the nearest ones, and the nearest one of each station whose water passes it.</summary>
public sealed class GaugeMap
{
    private readonly SensorRegistry _registry;
    private readonly RainOptions _options;
    private readonly Lock _gate = new();

    // Kept as rows change: a look through the whole registry for each station that wakes took a city of 576,800 sensors minutes.
    private readonly Dictionary<int, Sensor> _inService = [];
    private NearestSensors? _index;
    private int _version;

    public GaugeMap(SensorRegistry registry, RainOptions options)
    {
        _registry = registry;
        _options = options;
        registry.Changed += sensor =>
        {
            lock (_gate) Take(sensor);
            if (sensor.Kind == SensorKind.RainGauge || sensor.Downstream is not null) Interlocked.Increment(ref _version);
        };
        lock (_gate)
        {
            for (var number = 0; number < registry.Count; number++) Take(registry[number]);
        }
    }

    /// <summary>Counts up when gauges or links may have changed.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Numbers of the gauges; empty when none is in service or the station's place is unknown.</summary>
    public int[] Of(Sensor station)
    {
        var gauges = Index();
        if (gauges.IsEmpty || station.Place is not { } here) return [];
        var above = _registry.Network.AllUpstream(station.Id).Where(s => s.Place is not null).Select(s => gauges.Nearest(s.Place!.Value));
        return [.. gauges.Nearest(here, _options.Gauges).Select(g => g.Number).Concat(above).Distinct()];
    }

    private NearestSensors Index()
    {
        if (Volatile.Read(ref _index) is { } known) return known;
        lock (_gate) return _index ??= new NearestSensors(_inService.Values);
    }

    private void Take(Sensor sensor)
    {
        if (sensor is { Kind: SensorKind.RainGauge, RetiredAt: null, Place: not null }) _inService[sensor.Number] = sensor;
        else if (!_inService.Remove(sensor.Number)) return;
        Volatile.Write(ref _index, null);
    }
}
