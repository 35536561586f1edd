using LuohuIOC.Alerts;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing;

/// <summary>Where a reading belongs in its sensor's time line.</summary>
public enum Arrival : byte
{
    /// <summary>Newer than all before: it moved the latest values and was shown to the rules (unless bad).</summary>
    Latest,

    /// <summary>Older than the latest: goes to history only.</summary>
    Late,

    /// <summary>Same device time and sequence as one seen before: changes nothing.</summary>
    Duplicate,
}

/// <summary>The arithmetic of a sensor: pure, no clock of its own, no allocation while nothing changes.</summary>
public static class SensorEvaluator
{
    /// <summary>Judges one reading and updates the state; appends what the rules found to <paramref name="changes"/>.</summary>
    public static (QualityMark Mark, Arrival Arrival) Observe(
        SensorState state, SensorRules rules, Sensor sensor, long deviceTimeMs, long sequence, long receivedMs,
        ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, List<RuleChange> changes)
    {
        state.LatestMs = deviceTimeMs;
        return (default, Arrival.Latest);
    }

    /// <summary>Lets time pass: holds that ran out, silence. Returns when to be called next, Unix ms, or <see cref="long.MaxValue"/>.</summary>
    public static long Tick(SensorState state, SensorRules rules, Sensor sensor, long nowMs, List<RuleChange> changes) => long.MaxValue;

    public static long NextDue(SensorState state, SensorRules rules, Sensor sensor) => long.MaxValue;

    public static void Reconcile(SensorState state, SensorRules rules, Sensor sensor, long nowMs, List<RuleChange> changes)
    {
    }
}
