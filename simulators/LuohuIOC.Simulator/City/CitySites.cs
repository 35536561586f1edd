using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Simulator.City;

/// <summary>The sensors that rain falls on: the drainage network first, in the order of its nodes, then the other open-air stations.</summary>
public sealed class CitySites
{
    private static readonly SensorKind[] OpenAir = [SensorKind.RainGauge, SensorKind.Reservoir, SensorKind.River, SensorKind.WaterQuality, SensorKind.Slope];

    public CitySites(IReadOnlyList<CitySensor> sensors)
    {
        Sensors =
        [
            .. sensors.Where(s => s.Kind is SensorKind.Pipe or SensorKind.Outfall or SensorKind.Waterlogging),
            .. sensors.Where(s => OpenAir.Contains(s.Kind)),
        ];
        Places = [.. Sensors.Select(s => Place.Of(s.Longitude, s.Latitude))];
    }

    public CitySensor[] Sensors { get; }

    public Place[] Places { get; }

    /// <summary>Indices of the sites of this kind.</summary>
    public int[] Of(SensorKind kind) => [.. Enumerable.Range(0, Sensors.Length).Where(i => Sensors[i].Kind == kind)];
}
