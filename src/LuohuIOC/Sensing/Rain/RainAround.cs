using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Rain;

/// <summary>Gives a station's grain its look at the rain around it.</summary>
public sealed class RainAround(GaugeMap map, RainBoard board, RainOptions options)
{
    /// <summary>Null for kinds that rain does not concern, and when the gate is off.</summary>
    internal RainGate? GateOf(Sensor station) =>
        options.Gate && RainReach.Of(station.Kind) is { } reach ? new RainGate(station, reach, map, board, options) : null;
}
