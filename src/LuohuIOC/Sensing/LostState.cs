using LuohuIOC.Alerts;
using LuohuIOC.Detection.Health;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing;

/// <summary>
/// A sensor whose state is lost, or older than what a host that died had judged, while the ledger knows better. An alert that stands, and of which the state
/// knows nothing, would never end; one that it holds, and that has ended, would never be raised again. Its rules take over what stands, so that the readings
/// that come end it or leave it standing.
/// </summary>
internal static class LostState
{
    /// <summary>Whether nothing has come of the sensor yet, by what its state knows.</summary>
    public static bool IsNew(SensorState state) => state.HeardMs == 0;

    /// <summary>Whether the sensor holds what stands, and nothing else. Alerts of which neither its rules nor its detectors would tell do not count.</summary>
    public static bool Agrees(SensorState state, SensorDetector? detector, IReadOnlyList<StandingAlert> standing)
    {
        var of = standing.ToLookup(alert => alert.Rule, alert => (Severity?)alert.Severity, StringComparer.Ordinal);
        // Before rules are bound they are those of before, by name.
        for (var i = 0; i < state.RuleIds.Length; i++)
            if (CompiledRule.SeverityOf(state.Rules[i].On) != of[state.RuleIds[i]].FirstOrDefault()) return false;
        return (state.Health is { Fault: not SensorFault.None }) == of.Contains(HealthMarks.FaultRule)
            && (state.Health is { Battery: true }) == of.Contains(HealthMarks.BatteryRule)
            && (detector is null || detector.Agrees(of.Contains));
    }

    /// <param name="state">A new one, or an older one.</param>
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
        Drop(state, rules, detector, standing);
        foreach (var alert in standing)
        {
            if (Array.IndexOf(rules.Ids, alert.Rule) is >= 0 and var index) Hold(state, index, rules.Rules[index], alert, nowMs, changes);
            // What the fault was is not known; that one was told is, and the watch over all sensors says whether there is one still.
            else if (alert.Rule == HealthMarks.FaultRule)
            {
                state.Health ??= new HealthState();
                if (state.Health.Fault == SensorFault.None) state.Health.Fault = SensorFault.Drift;
            }
            else if (alert.Rule == HealthMarks.BatteryRule) (state.Health ??= new HealthState()).Battery = true;
            // A detector that begins anew judges nothing for a long time, and an older one does not know what it is in the middle of.
            else detector?.EndIfOwn(alert.Rule);
        }
        state.HoldDueMs = SensorEvaluator.HoldDueOf(state, rules);
    }

    // What has ended: its end is told, and what is found next is new.
    private static void Drop(SensorState state, SensorRules rules, SensorDetector? detector, IReadOnlyList<StandingAlert> standing)
    {
        var stands = standing.Select(alert => alert.Rule).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < rules.Rules.Length; i++)
            if (state.Rules[i].On != 0 && !stands.Contains(rules.Ids[i])) (state.Rules[i].On, state.Rules[i].Timing) = (0, 0);
        if (state.Health is { } health)
        {
            if (!stands.Contains(HealthMarks.FaultRule)) health.Fault = SensorFault.None;
            if (!stands.Contains(HealthMarks.BatteryRule)) health.Battery = false;
        }
        detector?.Drop(stands.Contains);
    }

    private static void Hold(SensorState state, int index, CompiledRule rule, StandingAlert alert, long nowMs, List<RuleChange> changes)
    {
        ref var latches = ref state.Rules[index];
        if (CompiledRule.SeverityOf(latches.On) == alert.Severity) return;
        latches.On = (byte)(rule.StepBits & ((1 << (int)alert.Severity) - 1));
        if (rule.Form == RuleForm.NoData) latches.On = rule.StepBits;
        // What the state had waited for was to begin, and is no wait for the end of what has been raised meanwhile.
        (latches.PeakMs, latches.Timing) = (0, 0);
        if (latches.On != 0 && alert.Furthest is { } furthest) RulePeak.Told(ref latches, rule, alert.Severity, furthest, alert.ObservedAt.ToUnixTimeMilliseconds());
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
        if (rule.Form == RuleForm.Sum) WindowRing.Add(rule, ring, Math.Min(observedMs, nowMs), rule.At[System.Numerics.BitOperations.Log2(on)]);
        WindowRing.MoveTo(rule, ring, WindowRing.BinOf(rule, nowMs));
    }
}
