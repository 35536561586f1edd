using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using Orleans.Storage;

namespace LuohuIOC.Sensing;

/// <summary>
/// Those of whom something is known when a host starts: they hold, stand or can be silent. One that was never heard does none of it, and is not brought to life
/// before its first reading: what it takes for 5,768 sensors, their detectors above all, made the collections of a host's first minute eight times as long
/// (docs/MEASUREMENTS.md, "The first seconds").
/// </summary>
public sealed class KnownSensors(SensorRegistry registry, [FromKeyedServices(LuohuIOC.Storage.Silo.Grains)] IGrainStorage states, IOpenAlerts alerts)
{
    /// <summary>Name of a sensor's stored state.</summary>
    public const string State = "sensor";

    /// <summary>Their numbers, each once, ascending: those with a stored state, and those with an open alert whose state is lost.</summary>
    public int[] Numbers()
    {
        var numbers = new SortedSet<int>();
        foreach (var id in ((GrainStates)states).KeysOf(State).Concat(alerts.Open.Select(a => a.SensorId)))
            if (registry.TryFind(id, out var sensor)) numbers.Add(sensor.Number);
        return [.. numbers];
    }
}
