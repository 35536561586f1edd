using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>The lowest step of the rules in force for a metric: what a forecast is measured against.</summary>
/// <param name="At">In the metric's unit; infinite when no rule has one.</param>
/// <param name="Hysteresis">Of its rule.</param>
/// <param name="HoldSeconds">So long the rule waits before it raises.</param>
internal readonly record struct NowcastThreshold(double At, double Hysteresis, int HoldSeconds)
{
    public static NowcastThreshold Of(RuleBook rules, Sensor sensor, string metric)
    {
        var lowest = new NowcastThreshold(double.PositiveInfinity, 0, 0);
        foreach (var (rule, _) in rules.Explain(sensor))
            if (rule is LadderRule { Enabled: true, When: Comparison.AtLeast or Comparison.Above } ladder && ladder.Metric == metric)
                foreach (var step in ladder.Steps)
                    if (step.At < lowest.At) lowest = new NowcastThreshold(step.At, ladder.Hysteresis, ladder.HoldSeconds);
        return lowest;
    }
}
