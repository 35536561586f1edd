using LuohuIOC.Alerts;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Witnesses;

/// <summary>One of the sensors around another.</summary>
internal readonly record struct Witness(Sensor Sensor, NeighbourSide Side, int? Metres);

/// <summary>Who is asked about a sensor's alert: one pass over the registry, off the readings' way.</summary>
internal sealed class WitnessPeers(SensorRegistry registry, WitnessOptions options)
{
    /// <summary>Nearest of the same kind first, then the next upstream, then the next downstream.</summary>
    public List<Witness> Of(Sensor sensor, long nowMs)
    {
        var found = new List<Witness>();
        if (sensor.Place is { } here)
            found.AddRange(registry.Nearest(sensor, options.WithinMetres, options.Near, nowMs).Select(n => new Witness(n, NeighbourSide.Near, (int)here.MetresTo(n.Place!.Value))));
        foreach (var above in registry.Network.Upstream(sensor.Id).Take(options.Upstream)) Add(above, NeighbourSide.Upstream);
        if (sensor.Downstream is { } below) Add(below, NeighbourSide.Downstream);
        return found;

        void Add(string id, NeighbourSide side)
        {
            if (!registry.TryFind(id, out var next) || next.IsRetired(nowMs)) return;
            // The next in the pipe may be among the nearest: where the water runs says more.
            found.RemoveAll(w => w.Sensor.Id == id);
            found.Add(new Witness(next, side, sensor.Place is { } from && next.Place is { } to ? (int)from.MetresTo(to) : null));
        }
    }
}
