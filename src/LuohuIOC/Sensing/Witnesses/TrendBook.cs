using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Witnesses;

/// <summary>
/// What the water's stations and slopes read a quarter of an hour ago: every five minutes the latest readings are kept by reference, four rounds of them, about 600
/// bytes a station. Written by one thread, read by any.
/// </summary>
internal sealed class TrendBook(SensorRegistry registry, LatestBoard latest)
{
    /// <summary>Between two rounds.</summary>
    public const int RoundMinutes = 5;

    /// <summary>Time over which changes are told.</summary>
    public const int Minutes = 15;

    /// <summary>Two readings further apart say nothing of a quarter of an hour: the change of an outage, or of a station that speaks every few hours.</summary>
    private const long ApartMs = (Minutes + RoundMinutes) * 60_000L;

    private static readonly bool[] Kept =
    [
        .. KindCatalogue.All.Select(k => k.Kind is SensorKind.Waterlogging or SensorKind.Pipe or SensorKind.Outfall or SensorKind.River or SensorKind.Reservoir or SensorKind.Tide
            or SensorKind.WaterQuality or SensorKind.Slope or SensorKind.Manhole),
    ];

    // Newest round first.
    private Dictionary<int, LatestReading>[] _rounds = [];

    public void Take()
    {
        var round = new Dictionary<int, LatestReading>();
        foreach (var sensor in registry.All)
            if (Kept[(int)sensor.Kind] && latest[sensor.Number] is { } reading) round[sensor.Number] = reading;
        Volatile.Write(ref _rounds, [round, .. _rounds.Take(Minutes / RoundMinutes)]);
    }

    /// <summary>How much a metric has changed since the oldest round, at most a quarter of an hour and a round ago; NaN when that is not known.</summary>
    public double Moved(int sensor, int slot, LatestReading now)
    {
        var rounds = Volatile.Read(ref _rounds);
        for (var r = rounds.Length - 1; r >= 0; r--)
            if (rounds[r].GetValueOrDefault(sensor) is { } then && now.TimeOf(slot) - then.TimeOf(slot) is > 0 and <= ApartMs && Value(then, slot) is var before && double.IsFinite(before)) return Value(now, slot) - before;
        return double.NaN;
    }

    /// <summary>NaN when there is none, or a bad one.</summary>
    public static double Value(LatestReading reading, int slot) =>
        (uint)slot >= (uint)reading.Values.Length || (reading.Mark.Grade == QualityGrade.Bad && (reading.Mark.Slots >> slot & 1) != 0) ? double.NaN : reading.Values[slot];
}
