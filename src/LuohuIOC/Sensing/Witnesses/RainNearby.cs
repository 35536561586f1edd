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
        // A gauge whose hour is not whole does not hide what another has measured; that it was dry only all of them can say.
        var (alive, most, isWhole) = (0, 0.0, true);
        foreach (var gauge in map.Of(sensor).Take(options.Gauges))
        {
            if (Fallen(gauge, nowMs) is not { } mm) continue;
            alive++;
            if (double.IsFinite(mm)) most = Math.Max(most, mm);
            else isWhole = false;
        }
        var undrained = !isSlope && ReachOf(sensor.Kind) is { } known ? new RainGate(sensor, known, map, board, options) : null;
        var isWet = undrained?.IsWet(nowMs);
        return new RainNear(alive, alive > 0 && (isWhole || most > 0) ? Rounded(most) : null, isWet is null ? null : Rounded(undrained!.Millimetres));
    }

    /// <summary>Rain explains that water rises there.</summary>
    public bool IsWet(SensorKind kind, RainNear? around) => ReachOf(kind) is { } reach && around?.UndrainedMillimetres >= reach.Millimetres;

    /// <summary>Millimetres of the last hour; NaN when the gauge has not been heard, or not for as long as that.</summary>
    public double HourAt(int gauge, long nowMs) => Fallen(gauge, nowMs) ?? double.NaN;

    private double? Fallen(int gauge, long nowMs) => board.FallenAfter(gauge, nowMs - (long)hour.TotalMilliseconds, nowMs - (long)options.Stale.TotalMilliseconds);

    // A street drains as its pipe does.
    private static RainReach? ReachOf(SensorKind kind) => RainReach.Of(kind == SensorKind.Waterlogging ? SensorKind.Pipe : kind);

    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 1) : null;
}
