using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Rain;

/// <summary>Which gauges speak for a station: the nearest ones, and the nearest one of each station whose water passes it.</summary>
public sealed class GaugeMap
{
    private readonly SensorRegistry _registry;
    private readonly RainOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // Kept as rows change: a look through the whole registry for each station that wakes took a city of 576,800 sensors minutes.
    private readonly Dictionary<int, Sensor> _inService = [];
    private NearestSensors? _index;
    private int _version;

    // When the first of them leaves service, as far as is planned: no row changes then.
    private long _untilMs = long.MaxValue;

    public GaugeMap(SensorRegistry registry, RainOptions options, TimeProvider time)
    {
        _registry = registry;
        _options = options;
        _time = time;
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
    public int Version
    {
        get
        {
            LetGo();
            return Volatile.Read(ref _version);
        }
    }

    /// <summary>Numbers of the gauges; empty when none is in service or the station's place is unknown.</summary>
    public int[] Of(Sensor station)
    {
        LetGo();
        var gauges = Index();
        if (gauges.IsEmpty || station.Place is not { } here) return [];
        var above = _registry.Network.AllUpstream(station.Id).Where(s => s.Place is not null).Select(s => gauges.Nearest(s.Place!.Value));
        return [.. gauges.Nearest(here, _options.Gauges).Select(g => g.Number).Concat(above).Distinct()];
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private NearestSensors Index()
    {
        if (Volatile.Read(ref _index) is { } known) return known;
        lock (_gate) return _index ??= new NearestSensors(_inService.Values);
    }

    private void Take(Sensor sensor)
    {
        if (sensor is { Kind: SensorKind.RainGauge, Place: not null } && !sensor.IsRetired(NowMs))
        {
            _inService[sensor.Number] = sensor;
            if (EndOf(sensor) < _untilMs) Volatile.Write(ref _untilMs, EndOf(sensor));
        }
        else if (!_inService.Remove(sensor.Number)) return;
        Volatile.Write(ref _index, null);
    }

    /// <summary>Takes out the gauges whose planned end has come. Stations ask as they read: nothing is allocated until then.</summary>
    private void LetGo()
    {
        if (NowMs is var nowMs && nowMs >= Volatile.Read(ref _untilMs)) LetGo(nowMs);
    }

    private void LetGo(long nowMs)
    {
        lock (_gate)
        {
            foreach (var gone in _inService.Values.Where(g => g.IsRetired(nowMs)).ToList()) _inService.Remove(gone.Number);
            Volatile.Write(ref _untilMs, _inService.Values.Select(EndOf).DefaultIfEmpty(long.MaxValue).Min());
            Volatile.Write(ref _index, null);
            Interlocked.Increment(ref _version);
        }
    }

    private static long EndOf(Sensor gauge) => gauge.RetiredAt?.ToUnixTimeMilliseconds() ?? long.MaxValue;
}
