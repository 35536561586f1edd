using LuohuIOC.Detection.Health;

namespace LuohuIOC.Sensing.Health;

/// <summary>What the watch says of one sensor now. Replaced whole.</summary>
/// <param name="Fault">Null while its neighbours agree with it.</param>
/// <param name="Battery">Null while it lasts.</param>
public sealed record HealthNotice(FaultNotice? Fault, BatteryNotice? Battery);

/// <summary>A sensor that its neighbours disagree with.</summary>
/// <param name="Fault">Kind of fault.</param>
/// <param name="Slot">The metric.</param>
/// <param name="SinceMs">Since when, Unix ms.</param>
/// <param name="Value">Its last reading, in the metric's unit.</param>
/// <param name="Expected">What it usually reads at the hour of that.</param>
/// <param name="Departure">How far that is, in its usual spreads.</param>
/// <param name="PeersDeparture">How far its neighbours are from theirs.</param>
/// <param name="Peers">Ids of the neighbours that were asked.</param>
public sealed record FaultNotice(
    SensorFault Fault, int Slot, long SinceMs, double Value, double Expected, double Departure, double PeersDeparture, string[] Peers);

/// <summary>A battery that will not last.</summary>
/// <param name="Charge">Percent now.</param>
/// <param name="PerDay">Points a day, negative.</param>
/// <param name="Days">Until it is empty.</param>
public sealed record BatteryNotice(double Charge, double PerDay, double Days);

/// <summary>What a sensor's grain has told of its health. Stored: append fields with new ids, never renumber.</summary>
[GenerateSerializer, Alias("luohu.health-state.v1")]
public sealed class HealthState
{
    [Id(0)]
    public SensorFault Fault;

    [Id(1)]
    public bool Battery;
}
