using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Quality;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing;

/// <summary>Shapes a state for the rules in force: at first use, after a restart, and when an officer changed a rule.</summary>
internal static class RuleBinding
{
    private const string Changed = """{"ruleChange":"changed"}""";
    private const string Off = """{"ruleChange":"off"}""";

    /// <summary>Evidence of what ends because its sensor is out of service.</summary>
    public const string Retired = """{"ruleChange":"retired"}""";

    /// <summary>Says of the changes from the first on that no measurement made them.</summary>
    public static void Explain(List<RuleChange> changes, int first, string evidence)
    {
        for (var i = first; i < changes.Count; i++) changes[i] = changes[i] with { Evidence = changes[i].Severity is null ? evidence : changes[i].Evidence ?? evidence };
    }

    public static void Bind(SensorState state, SensorRules rules, Sensor sensor, long nowMs, List<RuleChange> changes)
    {
        Shape(state, sensor);
        var old = (state.RuleIds, state.Rules, state.Rings);
        var known = changes.Count;
        var isSame = state.RulesVersion == rules.Version && state.RuleIds.AsSpan().SequenceEqual(rules.Ids);
        state.Bound = rules;
        state.RuleIds = rules.Ids;
        if (isSame)
        {
            for (var i = 0; i < state.Rings.Length; i++)
                if (rules.Rules[i].Form is RuleForm.Sum or RuleForm.Rise) state.Rings[i] = WindowRing.Upgrade(rules.Rules[i], state.Rings[i]!);
            return;
        }
        state.RulesVersion = rules.Version;
        state.Rules = new RuleState[rules.Rules.Length];
        state.Rings = rules.HasRings ? [.. rules.Rules.Select(NewRing)] : [];
        for (var i = 0; i < rules.Rules.Length; i++)
        {
            var rule = rules.Rules[i];
            var before = Array.IndexOf(old.RuleIds, rule.Id);
            if (before >= 0 && old.Rules[before].Fingerprint == rule.Fingerprint)
            {
                state.Rules[i] = old.Rules[before];
                if (rule.RingLength > 0) state.Rings[i] = rule.Form == RuleForm.Repeat ? old.Rings[before] : WindowRing.Upgrade(rule, old.Rings[before]!);
                continue;
            }
            state.Rules[i].Fingerprint = rule.Fingerprint;
            // A silence that was told before it was switched off is told anew, and not at the time at which everybody has heard of it.
            if (rule.Form == RuleForm.NoData && state.HeardMs != 0 && KeepsSilent(state, nowMs)) state.Rules[i].BlueSinceMs = nowMs;
            if (before >= 0) Judge(state, i, rule, (old.Rules[before].On, before < old.Rings.Length ? old.Rings[before] : null), nowMs, changes);
            else if (rule.Form is RuleForm.Value or RuleForm.AllOf) Judge(state, i, rule, default, nowMs, changes);
        }
        Explain(changes, known, Changed);
        for (var i = 0; i < old.RuleIds.Length; i++)
            if (old.Rules[i].On != 0 && Array.IndexOf(rules.Ids, old.RuleIds[i]) < 0)
                changes.Add(new RuleChange(old.RuleIds[i], null, "", double.NaN, double.NaN, nowMs, Off));
        state.HoldDueMs = SensorEvaluator.HoldDueOf(state, rules);
    }

    /// <summary>Sizes what depends on the kind; another kind than before has other metrics, so nothing of the old one may stay.</summary>
    private static void Shape(SensorState state, Sensor sensor)
    {
        var tracked = QualityProfile.Of(sensor.Kind).TrackedCount;
        if (state.Kind != sensor.Kind)
        {
            state.Kind = sensor.Kind;
            state.Latest = [];
            state.LatestTimes = [];
            state.Metrics = [];
        }
        if (state.Metrics.Length < tracked) Array.Resize(ref state.Metrics, tracked);
        var used = state.Latest.Length;
        if (used < sensor.Layout.Names.Count)
        {
            Array.Resize(ref state.Latest, sensor.Layout.Names.Count);
            state.Latest.AsSpan(used).Fill(double.NaN);
        }
        var timed = state.LatestTimes?.Length ?? 0;
        if (timed >= state.Latest.Length) return;
        Array.Resize(ref state.LatestTimes, state.Latest.Length);
        // What an older version stored without times is as old as its latest reading, for all that is known.
        state.LatestTimes.AsSpan(timed).Fill(state.LatestMs);
    }

    private static long[]? NewRing(CompiledRule rule) => rule.Form switch
    {
        RuleForm.Sum or RuleForm.Rise => WindowRing.Create(rule),
        RuleForm.Repeat => new long[rule.Times],
        _ => null,
    };

    /// <summary>
    /// A changed or new rule against the latest values. Hysteresis and clear hold damp the water's moods, not an officer's
    /// decision: what no longer stands at its threshold ends at once. Silence is judged by the next tick.
    /// </summary>
    private static void Judge(
        SensorState state, int index, CompiledRule rule, (byte On, long[]? Ring) old, long nowMs, List<RuleChange> changes)
    {
        ref var latches = ref state.Rules[index];
        KeepWindow(state, index, rule, old.Ring);
        var measure = RuleSteps.MeasureOf(state, index, rule, old.On != 0);
        if (rule.Form == RuleForm.NoData) latches.On = (KeepsSilent(state, nowMs) || UnusableReadings.Holds(state, state.Bound!)) && old.On != 0 ? rule.StepBits : (byte)0;
        else if (rule.Form == RuleForm.Repeat) latches.ConditionTrue = measure >= rule.Lowest;
        else Settle(ref latches, rule, measure, old.On, state.LatestMs);
        if (CompiledRule.SeverityOf(old.On) != CompiledRule.SeverityOf(latches.On)) RuleSteps.Emit(state, rule, latches.On, nowMs, changes);
    }

    private static bool KeepsSilent(SensorState state, long nowMs) => state.HeardMs + state.Bound!.SilenceMs <= nowMs;

    /// <summary>A window of the same width keeps its bins: only the thresholds over it changed.</summary>
    private static void KeepWindow(SensorState state, int index, CompiledRule rule, long[]? oldRing)
    {
        if (rule.Form is not (RuleForm.Sum or RuleForm.Rise) || oldRing is not { Length: > WindowRing.Bins }) return;
        if (oldRing[1] == state.Rings[index]![1]) state.Rings[index] = WindowRing.Upgrade(rule, oldRing);
    }

    private static void Settle(ref RuleState latches, CompiledRule rule, double measure, byte oldOn, long sinceMs)
    {
        var isHeld = rule.HoldMs > 0 || rule.HoldSamples > 1;
        for (var i = 3; i >= 0; i--)
        {
            if (!(measure >= rule.At[i])) continue;
            var bit = (byte)(1 << i);
            if (!isHeld || (oldOn & bit) != 0 || latches.On != 0) latches.On |= (byte)(bit & rule.StepBits);
            else Wait(ref latches, i, sinceMs);
        }
    }

    private static void Wait(ref RuleState latches, int i, long sinceMs)
    {
        latches.Timing |= (byte)(1 << i);
        System.Runtime.CompilerServices.Unsafe.Add(ref latches.BlueSinceMs, i) = sinceMs;
        System.Runtime.CompilerServices.Unsafe.Add(ref latches.BlueSamples, i) = 1;
    }
}
