using System.Text;
using System.Text.Json;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Rules;

/// <summary>Makes rules ready for one layout. A rule whose metric the layout lacks is left out: generic sensors grow into theirs.</summary>
internal static class RuleCompiler
{
    private const int DefaultSilenceSeconds = 86_400;

    public static SensorRules Compile(MetricLayout layout, IEnumerable<Rule> rules)
    {
        var enabled = rules.Where(r => r.Enabled).ToArray();
        var compiled = enabled.Select(r => Compile(layout, r)).OfType<CompiledRule>().ToArray();
        var noData = enabled.OfType<NoDataRule>().FirstOrDefault();
        var silence = noData?.SilenceSeconds ?? (long?)layout.Kind?.Silence.TotalSeconds ?? DefaultSilenceSeconds;
        return new SensorRules(layout, compiled, silence * 1000);
    }

    private static CompiledRule? Compile(MetricLayout layout, Rule rule) => rule switch
    {
        LadderRule r => Value(layout, r, r.Metric, r.When, r.Absolute, r.Steps, r.Hysteresis, (r.HoldSeconds, r.HoldSamples, r.ClearHoldSeconds)),
        StateRule { Is: 0 } r => Value(layout, r, r.Metric, Comparison.AtMost, false, [new(r.Severity, 0)], 0, (r.HoldSeconds, 0, r.ClearHoldSeconds)),
        StateRule r => Value(layout, r, r.Metric, Comparison.AtLeast, false, [new(r.Severity, r.Is)], 0, (r.HoldSeconds, 0, r.ClearHoldSeconds)),
        AllOfRule r => AllOf(layout, r),
        RepeatRule r => Repeat(layout, r),
        AccumulationRule r => Window(layout, r, RuleForm.Sum, r.Metric, false, r.WindowSeconds, r.Steps, r.Hysteresis),
        RiseRule r => Window(layout, r, RuleForm.Rise, r.Metric, r.Absolute is true, r.WindowSeconds, r.Steps, r.Hysteresis),
        NoDataRule r => Build(layout, r, RuleForm.NoData, default, "", [new(r.Severity, 0)], Comparison.AtLeast, 0),
        _ => throw new InvalidOperationException($"The rule {rule.Id} has a type that no evaluator knows: {rule.GetType().Name}."),
    };

    private static CompiledRule? Value(
        MetricLayout layout, Rule rule, string metric, Comparison when, bool absolute, Step[] steps, double hysteresis,
        (int Seconds, int Samples, int ClearSeconds) hold)
    {
        if (!TryOperand(layout, metric, when, absolute, out var operand)) return null;
        return Build(layout, rule, RuleForm.Value, operand, metric, steps, when, hysteresis, hold);
    }

    private static CompiledRule? AllOf(MetricLayout layout, AllOfRule rule)
    {
        var limits = new Limit[rule.Conditions.Length];
        for (var i = 0; i < limits.Length; i++)
        {
            var (metric, when, at) = rule.Conditions[i];
            if (!TryOperand(layout, metric, when, false, out var operand)) return null;
            limits[i] = new Limit(operand, metric, operand.Limit(at, when));
        }
        // The measure is 1 or −1 (RuleSteps.AllOf), so the step stands at 1; people see the first condition's threshold.
        var compiled = Build(
            layout, rule, RuleForm.AllOf, default, rule.Conditions[0].Metric, [new(rule.Severity, 1)], Comparison.AtLeast, 1,
            (rule.HoldSeconds, rule.HoldSamples, rule.ClearHoldSeconds), limits);
        compiled.Shown[(int)rule.Severity - 1] = rule.Conditions[0].At;
        return compiled;
    }

    private static CompiledRule? Repeat(MetricLayout layout, RepeatRule rule) =>
        !TryOperand(layout, rule.Metric, rule.When, false, out var operand) ? null
            : Build(
                layout, rule, RuleForm.Repeat, operand, rule.Metric, [new(rule.Severity, rule.At)], rule.When, rule.Hysteresis,
                default, null, rule.WindowSeconds, rule.Times);

    private static CompiledRule? Window(
        MetricLayout layout, Rule rule, RuleForm form, string metric, bool absolute, int windowSeconds, Step[] steps, double hysteresis) =>
        !TryOperand(layout, metric, Comparison.AtLeast, absolute, out var operand) ? null
            : Build(layout, rule, form, operand, metric, steps, Comparison.AtLeast, hysteresis, default, null, windowSeconds);

    private static bool TryOperand(MetricLayout layout, string metric, Comparison when, bool absolute, out Operand operand)
    {
        var slot = layout.SlotOf(Encoding.UTF8.GetBytes(metric));
        operand = new Operand(slot, when is Comparison.AtLeast or Comparison.Above ? 1 : -1, absolute);
        return slot >= 0;
    }

    private static CompiledRule Build(
        MetricLayout layout, Rule rule, RuleForm form, Operand operand, string metric, Step[] steps, Comparison when, double hysteresis,
        (int Seconds, int Samples, int ClearSeconds) hold = default, Limit[]? limits = null, int windowSeconds = 0, int times = 0)
    {
        var scale = operand.Sign == 0 ? new Operand(0, 1, false) : operand;
        double[] at = [double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity];
        double[] clear = [double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity];
        double[] shown = [double.NaN, double.NaN, double.NaN, double.NaN];
        foreach (var (severity, threshold) in steps)
        {
            var i = (int)severity - 1;
            at[i] = scale.Limit(threshold, when);
            // Rounded, so that 0.40 m less 0.10 m is the 0.30 m that people mean and a reading can have.
            clear[i] = hysteresis == 0 ? at[i] : Math.Round(scale.Sign * threshold - hysteresis, 9);
            shown[i] = threshold;
        }
        return new CompiledRule
        {
            Id = rule.Id,
            Form = form,
            Metric = metric,
            Fingerprint = FingerprintOf(layout, rule),
            Operand = scale,
            Mask = limits is null ? (form == RuleForm.NoData ? 0 : 1UL << operand.Slot) : limits.Aggregate(0UL, (m, l) => m | 1UL << l.Operand.Slot),
            At = at,
            Clear = clear,
            Shown = shown,
            Lowest = at.Min(),
            StepBits = (byte)steps.Aggregate(0, (bits, s) => bits | 1 << (int)s.Severity - 1),
            HoldMs = hold.Seconds * 1000L,
            HoldSamples = hold.Samples,
            ClearHoldMs = hold.ClearSeconds * 1000L,
            WindowMs = windowSeconds * 1000L,
            Times = times,
            Limits = limits ?? [],
        };
    }

    /// <summary>FNV-1a over the rule without its prose, and over the layout's names: the same in every process.</summary>
    private static int FingerprintOf(MetricLayout layout, Rule rule)
    {
        var bare = rule with { Source = null, Comment = null, Name = null, Confirm = false };
        var text = JsonSerializer.Serialize(bare, RuleJson.Options) + layout.Kind?.Name;
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(text)) hash = unchecked((hash ^ b) * 16777619u);
        return unchecked((int)hash);
    }
}
