using LuohuIOC.Alerts;
using LuohuIOC.Detection.Health;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing;

/// <summary>
/// A sensor that begins anew, because its state is lost or cannot be read, while alerts of it stand in the ledger: what raised them is forgotten, and
/// nothing would end them. Its rules take them over, so that the readings that come end them or leave them standing.
/// </summary>
internal static class LostState
{
    /// <summary>Whether nothing has come of the sensor yet, by what its state knows.</summary>
    public static bool IsNew(SensorState state) => state.HeardMs == 0;

    /// <param name="state">A new one.</param>
    /// <param name="rules">The rules in force.</param>
    /// <param name="sensor">The sensor's row.</param>
    /// <param name="detector">Its detectors; null when it has none.</param>
    /// <param name="standing">Its alerts whose condition held.</param>
    /// <param name="nowMs">Server clock, Unix ms.</param>
    /// <param name="changes">Gets what ends or changes at once.</param>
    public static void TakeOver(
        SensorState state, SensorRules rules, Sensor sensor, SensorDetector? detector, IReadOnlyList<StandingAlert> standing, long nowMs, List<RuleChange> changes)
    {
        if (!ReferenceEquals(state.Bound, rules)) RuleBinding.Bind(state, rules, sensor, nowMs, changes);
        foreach (var alert in standing)
        {
            if (Array.IndexOf(rules.Ids, alert.Rule) is >= 0 and var index) Hold(state, index, rules.Rules[index], alert, nowMs, changes);
            // What the fault was is not known; that one was told is, and the watch over all sensors says whether there is one still.
            else if (alert.Rule == HealthMarks.FaultRule) (state.Health ??= new HealthState()).Fault = SensorFault.Drift;
            else if (alert.Rule == HealthMarks.BatteryRule) (state.Health ??= new HealthState()).Battery = true;
            // A detector that begins anew judges nothing for a long time.
            else detector?.EndIfOwn(alert.Rule);
        }
        state.HoldDueMs = SensorEvaluator.HoldDueOf(state, rules);
    }

    private static void Hold(SensorState state, int index, CompiledRule rule, StandingAlert alert, long nowMs, List<RuleChange> changes)
    {
        ref var latches = ref state.Rules[index];
        latches.On = (byte)(rule.StepBits & ((1 << (int)alert.Severity) - 1));
        if (rule.Form == RuleForm.NoData) latches.On = rule.StepBits;
        if (rule.RingLength > 0 && latches.On != 0) Fill(rule, state.Rings[index]!, latches.On, alert.ObservedAt.ToUnixTimeMilliseconds(), nowMs);
        // The rule has other steps by now.
        if (CompiledRule.SeverityOf(latches.On) != alert.Severity) RuleSteps.Emit(state, rule, latches.On, nowMs, changes);
    }

    // What a window held is lost but for what the alert says of it: so much rain, or so many repeats, at the time when it was told. A rise is not known by that.
    private static void Fill(CompiledRule rule, long[] ring, byte on, long observedMs, long nowMs)
    {
        if (rule.Form == RuleForm.Repeat)
        {
            ring.AsSpan().Fill(observedMs);
            return;
        }
        WindowRing.MoveTo(rule, ring, WindowRing.BinOf(rule, Math.Min(observedMs, nowMs)));
        if (rule.Form == RuleForm.Sum) WindowRing.Add(rule, ring, rule.At[System.Numerics.BitOperations.Log2(on)]);
        WindowRing.MoveTo(rule, ring, WindowRing.BinOf(rule, nowMs));
    }
}
