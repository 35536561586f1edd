using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Rules;

/// <summary>
/// How far the value goes while a rule is on, and while it waits for its hold. Severities are few: water that stands at 43 cm when it is told red may rise to 95 cm, and the record must say so.
/// A value that is a fifth further than was told is told at once, the exact peak before the rule eases or ends.
/// </summary>
internal static class RulePeak
{
    /// <summary>Share of what was told by which the value must have gone further; at least the rule's hysteresis, so that a crest that trembles tells nothing.</summary>
    private const double Further = 0.2;

    /// <summary>A reading that changes no severity.</summary>
    public static void Follow(SensorState state, ref RuleState latches, CompiledRule rule, double measure, long timeMs, List<RuleChange> changes)
    {
        var step = System.Numerics.BitOperations.Log2(latches.On);
        // On its way down it is further than nothing.
        if (!Has(rule) || !(measure >= rule.At[step]) || (latches.PeakMs != 0 && !(measure > Scale(rule, latches.Peak)))) return;
        // A rule that was on before peaks were kept: whoever is told knows whether this is further than what was told.
        var told = latches.PeakMs == 0 ? double.NegativeInfinity : Scale(rule, latches.ToldPeak);
        Keep(state, ref latches, rule, timeMs);
        if (IsTellable(rule, measure, told, step)) Add(state, ref latches, rule, (Severity)(step + 1), changes);
    }

    /// <summary>A reading while the rule waits for its hold to run out, or the one that raises it: the crest may have passed by the time that the rule is on.</summary>
    public static void Hold(SensorState state, ref RuleState latches, CompiledRule rule, double measure, long timeMs, bool isFirst)
    {
        if (isFirst) latches.PeakMs = 0;
        if (!Has(rule) || (latches.PeakMs != 0 && !(measure > Scale(rule, latches.Peak)))) return;
        Keep(state, ref latches, rule, timeMs);
        latches.ToldPeak = float.NaN;
    }

    /// <summary>The rule has been raised, with the value of now: what came before and was further by a fifth is told as well, with its own time.</summary>
    public static void TellHeld(SensorState state, ref RuleState latches, CompiledRule rule, List<RuleChange> changes)
    {
        var step = System.Numerics.BitOperations.Log2(latches.On);
        if (IsUntold(latches, rule) && IsTellable(rule, Scale(rule, latches.Peak), Scale(rule, latches.ToldPeak), step)) Add(state, ref latches, rule, (Severity)(step + 1), changes);
    }

    /// <summary>The rule is about to ease or end: what was furthest is told while it still counts at its severity.</summary>
    public static void Tell(SensorState state, ref RuleState latches, CompiledRule rule, Severity? severity, List<RuleChange> changes)
    {
        if (IsUntold(latches, rule) && severity is { } was) Add(state, ref latches, rule, was, changes);
    }

    /// <summary>A change of severity is told, with this value.</summary>
    public static void Told(ref RuleState latches, CompiledRule rule, Severity? severity, double value, long timeMs)
    {
        if (!Has(rule)) return;
        if (severity is null) latches.PeakMs = 0;
        else if (latches.PeakMs == 0) (latches.Peak, latches.PeakMs, latches.ToldPeak) = (value, timeMs, (float)value);
        else
        {
            if (Scale(rule, value) > Scale(rule, latches.Peak)) (latches.Peak, latches.PeakMs) = (value, timeMs);
            if (!(Scale(rule, (float)value) <= Scale(rule, latches.ToldPeak))) latches.ToldPeak = (float)value;
        }
    }

    private static bool Has(CompiledRule rule) => rule.Form is RuleForm.Value or RuleForm.Sum or RuleForm.Rise;

    private static bool IsUntold(in RuleState latches, CompiledRule rule) => latches.PeakMs != 0 && Scale(rule, (float)latches.Peak) > Scale(rule, latches.ToldPeak);

    private static bool IsTellable(CompiledRule rule, double measure, double told, int step) =>
        measure - told >= Math.Max(Math.Abs(told) * Further, rule.At[step] - rule.Clear[step]);

    private static void Keep(SensorState state, ref RuleState latches, CompiledRule rule, long timeMs) =>
        (latches.Peak, latches.PeakMs) = (RuleEvidence.ValueOf(state, Array.IndexOf(state.Bound!.Rules, rule), rule), timeMs);

    private static double Scale(CompiledRule rule, double value) => rule.Form == RuleForm.Value ? rule.Operand.Of(value) : value;

    private static void Add(SensorState state, ref RuleState latches, CompiledRule rule, Severity severity, List<RuleChange> changes)
    {
        latches.ToldPeak = (float)latches.Peak;
        var timeMs = latches.PeakMs;
        var bit = (byte)(1 << (int)severity);
        // A change is known by its time and severity: what was told of that moment already is not the peak.
        if (latches.ToldMs > timeMs && latches.ToldMs - timeMs < RuleSteps.SameMomentMs) timeMs = latches.ToldMs;
        if (timeMs == latches.ToldMs && (latches.Told & bit) != 0) timeMs++;
        if (timeMs > latches.ToldMs) (latches.ToldMs, latches.Told) = (timeMs, bit);
        else if (timeMs == latches.ToldMs) latches.Told |= bit;
        changes.Add(new RuleChange(
            rule.Id, severity, rule.Metric, latches.Peak, rule.Shown[(int)severity - 1], timeMs, RuleEvidence.Of(state, Array.IndexOf(state.Bound!.Rules, rule), rule)));
    }
}
