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
    private volatile bool _outdated;

    public HealthPeers(SensorRegistry registry, HealthOptions options)
    {
        (_registry, _options) = (registry, options);
        registry.Changed += sensor => _outdated |= HealthMetric.Of(sensor.Kind).Length > 0;
    }

    /// <summary>For one thread only, the watch's.</summary>
    public PeerSet Of(Sensor sensor)
    {
        if (_outdated)
        {
            _outdated = false;
            _known.Clear();
        }
        if (!_known.TryGetValue(sensor.Number, out var peers)) _known[sensor.Number] = peers = Find(sensor);
        return peers;
    }

    private PeerSet Find(Sensor sensor)
    {
        if (sensor.Place is null) return new PeerSet([], []);
        var linked = _registry.Network.Upstream(sensor.Id).Append(sensor.Downstream)
            .Select(id => id is not null && _registry.TryFind(id, out var next) && next.RetiredAt is null ? next : null)
            .Where(s => s is not null && HealthMetric.Of(s.Kind).Length > 0);
        return new PeerSet([.. _registry.Nearest(sensor, _options.WithinMetres, _options.Neighbours).Select(n => n.Number)], [.. linked.Select(s => s!.Number)]);
    }
}
