using System.Globalization;
using System.Text;

namespace LuohuIOC.Sensing.Rules;

/// <summary>What goes with a change so that an officer sees why: built only when something changed.</summary>
internal static class RuleEvidence
{
    /// <summary>The value that decided, as people read it: the metric's value, the sum or rise in the window, NaN for silence.</summary>
    public static double ValueOf(SensorState state, int index, CompiledRule rule) => rule.Form switch
    {
        RuleForm.NoData => double.NaN,
        RuleForm.Sum or RuleForm.Rise => RuleSteps.MeasureOf(state, index, rule, wasOn: true),
        RuleForm.AllOf => state.Latest[rule.Limits[0].Operand.Slot],
        _ => state.Latest[rule.Operand.Slot],
    };

    /// <summary>JSON such as <c>{"windowSeconds":10800}</c>, <c>{"times":3,"windowSeconds":86400}</c>, <c>{"silenceSeconds":1800,"unusable":"out-of-range","unusableSeconds":2400,"metric":"level","last":99}</c> or all values of an all-of rule; null without.</summary>
    public static string? Of(SensorState state, int index, CompiledRule rule) => rule.Form switch
    {
        RuleForm.Sum or RuleForm.Rise => $$"""{"windowSeconds":{{rule.WindowMs / 1000}}}""",
        RuleForm.Repeat => $$"""{"times":{{Count(state.Rings[index]!, rule)}},"windowSeconds":{{rule.WindowMs / 1000}}}""",
        RuleForm.NoData => $$"""{"silenceSeconds":{{state.Bound!.SilenceMs / 1000}}{{UnusableReadings.Evidence(state)}}}""",
        RuleForm.AllOf => Values(state, rule),
        _ => null,
    };

    /// <summary>The next reading has taken a rise back: <c>{"windowSeconds":3600,"lone":true}</c>.</summary>
    public static string Lone(CompiledRule rule) => $$"""{"windowSeconds":{{rule.WindowMs / 1000}},"lone":true}""";

    private static int Count(long[] times, CompiledRule rule)
    {
        var newest = times[^1];
        return times.Count(t => t > 0 && newest - t < rule.WindowMs);
    }

    private static string Values(SensorState state, CompiledRule rule)
    {
        var text = new StringBuilder("{");
        foreach (var limit in rule.Limits.DistinctBy(l => l.Metric))
        {
            if (text.Length > 1) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"\"{limit.Metric}\":{state.Latest[limit.Operand.Slot]:R}");
        }
        return text.Append('}').ToString();
    }
}
