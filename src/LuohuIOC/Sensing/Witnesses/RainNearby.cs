using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing.Witnesses;

/// <summary>Rain around a sensor, from what its gauges' grains wrote on the board.</summary>
internal sealed class RainNearby(RainBoard board, GaugeMap map, RainOptions options, TimeSpan hour)
{
    public const string Metric = "rain";

    /// <summary>Of its nearest gauges. Null for kinds that rain does not concern; a gauge's own alert is about rain anyway.</summary>
    public RainNear? Of(Sensor sensor, long nowMs)
    {
        var isSlope = sensor.Kind == SensorKind.Slope;
        if (ReachOf(sensor.Kind) is not { } reach && !isSlope) return null;
        var (alive, most) = (0, double.NaN);
        foreach (var gauge in map.Of(sensor).Take(options.Gauges))
        {
            if (HourAt(gauge, nowMs) is not (>= 0 and var mm)) continue;
            alive++;
            most = double.IsNaN(most) ? mm : Math.Max(most, mm);
        }
        var undrained = !isSlope && ReachOf(sensor.Kind) is { } known ? new RainGate(sensor, known, map, board, options) : null;
        var isWet = undrained?.IsWet(nowMs);
        return new RainNear(alive, Rounded(most), isWet is null ? null : Rounded(undrained!.Millimetres));
    }

    /// <summary>Rain explains that water rises there.</summary>
    public bool IsWet(SensorKind kind, RainNear? around) => ReachOf(kind) is { } reach && around?.UndrainedMillimetres >= reach.Millimetres;

    /// <summary>Millimetres of the last hour; NaN when the gauge has not been heard.</summary>
    public double HourAt(int gauge, long nowMs)
    {
        var readings = new List<RainReading>();
        var sinceMs = nowMs - (long)hour.TotalMilliseconds;
        if (board.ReadingsAfter(gauge, 0, readings) == 0 || readings.Max(r => r.TimeMs) < nowMs - options.Stale.TotalMilliseconds) return double.NaN;
        return readings.Where(r => r.TimeMs > sinceMs).Sum(r => r.Millimetres);
    }

    // A street drains as its pipe does.
    private static RainReach? ReachOf(SensorKind kind) => RainReach.Of(kind == SensorKind.Waterlogging ? SensorKind.Pipe : kind);

    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 1) : null;
}
