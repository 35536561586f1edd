using System.Globalization;
using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.Detection.Health;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Health;

/// <summary>Brings a notice into the sensor's own time line: the flag on its readings, and the alert that begins and ends with it.</summary>
internal static class HealthMarks
{
    public const string FaultRule = "sensor-fault";
    public const string BatteryRule = "battery-trend";

    /// <summary>Reason that a faulty metric's readings carry.</summary>
    public static QualityReason ReasonOf(SensorFault fault) => fault switch
    {
        SensorFault.Drift => QualityReason.Drift,
        SensorFault.Bias => QualityReason.Bias,
        SensorFault.Deaf => QualityReason.Deaf,
        _ => QualityReason.None,
    };

    /// <summary>The mark of the latest reading with what the neighbours say. A doubtful reading feeds the rules, so that no flood is missed for a doubt.</summary>
    public static QualityMark Apply(HealthNotice? notice, SensorState state, Sensor sensor, QualityMark mark, ReadOnlySpan<byte> slots, List<RuleChange> changes)
    {
        if (notice is null && state.Health is null) return mark;
        Tell(notice, state.Health ??= new HealthState(), sensor, state.LatestMs, changes);
        if (notice is null && state.Health is { Fault: SensorFault.None, Battery: false }) state.Health = null;
        if (notice?.Fault is not { } fault || mark.Grade != QualityGrade.Good || !slots.Contains((byte)fault.Slot)) return mark;
        var doubted = new QualityMark(QualityGrade.Doubtful, ReasonOf(fault.Fault), 1UL << fault.Slot);
        (state.LatestGrade, state.LatestReason, state.LatestMarkSlots) = doubted;
        return doubted;
    }

    private static void Tell(HealthNotice? notice, HealthState told, Sensor sensor, long timeMs, List<RuleChange> changes)
    {
        var fault = notice?.Fault?.Fault ?? SensorFault.None;
        if (fault != told.Fault)
        {
            if (notice?.Fault is { } found)
                changes.Add(new RuleChange(FaultRule, Severity.Blue, sensor.Layout.Names[found.Slot], found.Value, double.NaN, timeMs, Evidence(found)));
            else changes.Add(new RuleChange(FaultRule, null, "", double.NaN, double.NaN, timeMs, null));
            told.Fault = fault;
        }
        if (notice?.Battery is not null == told.Battery) return;
        told.Battery = !told.Battery;
        if (notice?.Battery is { } battery)
            changes.Add(new RuleChange(BatteryRule, Severity.Blue, "battery", battery.Charge, double.NaN, timeMs, Evidence(battery)));
        else changes.Add(new RuleChange(BatteryRule, null, "", double.NaN, double.NaN, timeMs, null));
    }

    private static string Evidence(FaultNotice fault) => JsonSerializer.Serialize(
        new
        {
            fault = NameOf(fault.Fault),
            since = DateTimeOffset.FromUnixTimeMilliseconds(fault.SinceMs).ToString("O", CultureInfo.InvariantCulture),
            expected = Rounded(fault.Expected),
            departure = Rounded(fault.Departure),
            neighboursDeparture = Rounded(fault.PeersDeparture),
            neighbours = fault.Peers,
        });

    private static string Evidence(BatteryNotice battery) =>
        JsonSerializer.Serialize(new { battery = new { perDay = Rounded(battery.PerDay), days = Math.Round(battery.Days, 1) } });

    public static string NameOf(SensorFault fault) => fault switch
    {
        SensorFault.Drift => "drift",
        SensorFault.Bias => "bias",
        SensorFault.Deaf => "deaf",
        _ => "none",
    };

    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}
