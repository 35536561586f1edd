using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Health;

/// <summary>Whom a sensor is compared with.</summary>
/// <param name="Same">Numbers of the nearest sensors of its kind, nearest first.</param>
/// <param name="Linked">Numbers of the next stations up and down the drainage network, of any kind that is compared.</param>
internal sealed record PeerSet(int[] Same, int[] Linked);

/// <summary>Neighbours by number; forgotten when sensors came, went or moved.</summary>
internal sealed class HealthPeers
{
    private readonly SensorRegistry _registry;
    private readonly HealthOptions _options;
    private readonly Dictionary<int, PeerSet> _known = [];
    private Dictionary<SensorKind, NearestSensors> _byKind = [];
    private volatile bool _outdated = true;

    // As of when sensors are in service, until when that holds.
    private long _nowMs = long.MaxValue;
    private long _untilMs = long.MaxValue;

    public HealthPeers(SensorRegistry registry, HealthOptions options)
    {
        (_registry, _options) = (registry, options);
        registry.Changed += sensor => _outdated |= HealthMetric.Of(sensor.Kind).Length > 0;
    }

    /// <summary>A planned end of service counts from then on; before the first call it counts at once. For the watch's thread, as the rest.</summary>
    public void MoveTo(long nowMs)
    {
        if (nowMs >= _untilMs || nowMs < _nowMs) _outdated = true;
        _nowMs = nowMs;
    }

    /// <summary>For one thread only, the watch's.</summary>
    public PeerSet Of(Sensor sensor)
    {
        if (_outdated)
        {
            _outdated = false;
            _known.Clear();
            var inService = _registry.All.ToArray().Where(s => !s.IsRetired(_nowMs) && HealthMetric.Of(s.Kind).Length > 0).ToList();
            _untilMs = inService.Min(s => s.RetiredAt?.ToUnixTimeMilliseconds()) ?? long.MaxValue;
            _byKind = inService.Where(s => s.Place is not null)
                .GroupBy(s => s.Kind).ToDictionary(k => k.Key, k => new NearestSensors(k));
        }
        if (!_known.TryGetValue(sensor.Number, out var peers)) _known[sensor.Number] = peers = Find(sensor);
        return peers;
    }

    private PeerSet Find(Sensor sensor)
    {
        if (sensor.Place is not { } here) return new PeerSet([], []);
        // One more than wanted: it is among its own neighbours.
        var near = _byKind.TryGetValue(sensor.Kind, out var kind) ? kind.Nearest(here, _options.Neighbours + 1) : [];
        var linked = _registry.Network.Upstream(sensor.Id).Append(sensor.Downstream)
            .Select(id => id is not null && _registry.TryFind(id, out var next) && !next.IsRetired(_nowMs) ? next : null)
            .Where(s => s is not null && HealthMetric.Of(s.Kind).Length > 0);
        return new PeerSet([.. near.Where(n => n.Number != sensor.Number && n.Metres <= _options.WithinMetres).Take(_options.Neighbours).Select(n => n.Number)], [.. linked.Select(s => s!.Number)]);
    }
}
