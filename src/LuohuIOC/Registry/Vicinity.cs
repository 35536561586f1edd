namespace LuohuIOC.Registry;

/// <summary>Who stands near whom.</summary>
internal static class Vicinity
{
    /// <summary>Sensors of the same kind in service within this distance, nearest first. One pass over the registry.</summary>
    public static IEnumerable<Sensor> Nearest(this SensorRegistry registry, Sensor sensor, double withinMetres, int most, long nowMs)
    {
        if (sensor.Place is not { } here) return [];
        var near = new List<(double Metres, int Number)>();
        foreach (var other in registry.All)
            if (other.Kind == sensor.Kind && other.Number != sensor.Number && !other.IsRetired(nowMs) && other.Place is { } there
                && here.MetresTo(there) is var metres && metres <= withinMetres) near.Add((metres, other.Number));
        return near.Order().Take(most).Select(n => registry[n.Number]);
    }
}
