using System.Globalization;
using System.Text.RegularExpressions;
using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Rules;

/// <summary>Why a rule is refused: the texts are <c>problem.{Code}.title</c> and <c>.detail</c>.</summary>
public sealed record RuleFault(string Code, params object?[] Arguments)
{
    /// <summary>The arguments as people read them: severities by name, values with their unit.</summary>
    public object?[] Words(string language) => [.. Arguments.Select(argument => argument switch
    {
        Severity severity => TextBook.Get(language, $"csv.severity.{severity.ToString().ToLowerInvariant()}"),
        RuleFigure figure => figure.Of(language),
        _ => argument,
    })];
}

/// <summary>A value of a rule in its metric's own unit, which is what rules are written in.</summary>
/// <param name="Value">The value.</param>
/// <param name="Unit">UCUM; empty for none.</param>
internal readonly record struct RuleFigure(double Value, string Unit)
{
    public string Of(string language)
    {
        var value = Value.ToString("0.#########", CultureInfo.InvariantCulture);
        return Unit.Length == 0 ? value : $"{value} {TextBook.Named(language, "unit.", Unit)}".TrimEnd();
    }
}

/// <summary>Checks a rule against the sensor that shall have it, so that no officer saves a rule that cannot work.</summary>
public static partial class RuleChecks
{
    private const int HoldSecondsMax = 7 * 86_400;

    private const int SamplesMax = 100;

    private const int WindowSecondsMax = 30 * 86_400;

    /// <summary>The first fault, null when the rule can be used.</summary>
    public static RuleFault? FaultOf(Rule rule, Sensor sensor)
    {
        if (!IdPattern().IsMatch(rule.Id)) return new("rule-id-invalid", rule.Id);
        var sameId = DefaultRules.For(sensor.Kind, sensor.Name).FirstOrDefault(d => d.Id == rule.Id);
        if (sameId is not null && sameId.GetType() != rule.GetType()) return new("rule-type-differs", rule.Id);
        return rule switch
        {
            LadderRule r => StepsFault(r.Steps, r.Metric, r.When, r.Hysteresis, sensor, r.Absolute)
                ?? HoldFault(r.HoldSeconds, r.HoldSamples, r.ClearHoldSeconds),
            StateRule r => MetricFault(sensor, r.Metric) ?? SeverityFault(r.Severity) ?? StateFault(r.Is)
                ?? HoldFault(r.HoldSeconds, 0, r.ClearHoldSeconds),
            AllOfRule r => AllOfFault(r, sensor) ?? SeverityFault(r.Severity) ?? HoldFault(r.HoldSeconds, r.HoldSamples, r.ClearHoldSeconds),
            RepeatRule r => StepsFault([new(r.Severity, r.At)], r.Metric, r.When, r.Hysteresis, sensor) ?? WindowFault(r.WindowSeconds)
                ?? (r.Times is < 2 or > 10 ? new("rule-times-invalid", r.Times) : null),
            AccumulationRule r => WindowStepsFault(r.Steps, r.Metric, r.Hysteresis, sensor) ?? WindowFault(r.WindowSeconds),
            RiseRule r => WindowStepsFault(r.Steps, r.Metric, r.Hysteresis, sensor) ?? WindowFault(r.WindowSeconds),
            NoDataRule r => SeverityFault(r.Severity)
                ?? (r.SilenceSeconds is < 10 or > WindowSecondsMax ? new("rule-silence-invalid", r.SilenceSeconds, WindowSecondsMax) : null),
            _ => null,
        };
    }

    private static RuleFault? AllOfFault(AllOfRule rule, Sensor sensor)
    {
        if (rule.Conditions.Length is < 2 or > 8 || rule.Conditions.Contains(null)) return new("rule-conditions-missing", rule.Conditions.Length);
        return rule.Conditions.Select(c => MetricFault(sensor, c.Metric) ?? RangeFault(sensor, c.Metric, c.At)).FirstOrDefault(f => f is not null);
    }

    private static RuleFault? StepsFault(
        Step[] steps, string metric, Comparison when, double hysteresis, Sensor sensor, bool absolute = false)
    {
        var isUp = when is Comparison.AtLeast or Comparison.Above;
        var fault = MetricFault(sensor, metric)
            ?? LadderFault(steps, isUp, hysteresis, UnitOf(sensor, metric))
            ?? steps.Select(s => RangeFault(sensor, metric, s.At)).FirstOrDefault(f => f is not null)
            ?? ClearFault(steps, isUp, hysteresis, absolute ? 0 : RangeOf(sensor, metric).Minimum, RangeOf(sensor, metric).Maximum, UnitOf(sensor, metric));
        return fault ?? (absolute && !isUp ? new("rule-absolute-below", metric) : null);
    }

    /// <summary>Sums and rises may exceed what one reading can be, so only their order and sign count.</summary>
    private static RuleFault? WindowStepsFault(Step[] steps, string metric, double hysteresis, Sensor sensor) =>
        MetricFault(sensor, metric) ?? LadderFault(steps, isUp: true, hysteresis, UnitOf(sensor, metric))
            ?? (steps.Any(s => s.At <= 0) ? new RuleFault("rule-threshold-not-positive", metric) : null)
            ?? ClearFault(steps, isUp: true, hysteresis, 0, double.MaxValue, UnitOf(sensor, metric));

    /// <summary>Each severity once, a worse severity at a worse threshold, hysteresis smaller than the gaps between.</summary>
    private static RuleFault? LadderFault(Step[] steps, bool isUp, double hysteresis, string unit)
    {
        // What is annotated as never null may hold nulls all the same: JSON arrays are not checked element by element.
        if (steps.Length == 0 || steps.Contains(null)) return new("rule-steps-missing");
        if (steps.Select(s => SeverityFault(s.Severity)).FirstOrDefault(f => f is not null) is { } severity) return severity;
        if (!steps.All(s => double.IsFinite(s.At)) || !double.IsFinite(hysteresis)) return new("rule-figure-infinite");
        if (hysteresis < 0) return new("rule-hysteresis-negative", Figure(hysteresis));
        var ordered = steps.OrderBy(s => s.Severity).ToArray();
        for (var i = 1; i < ordered.Length; i++)
        {
            if (ordered[i].Severity == ordered[i - 1].Severity) return new("rule-severity-twice", ordered[i].Severity);
            var gap = (ordered[i].At - ordered[i - 1].At) * (isUp ? 1 : -1);
            if (gap <= 0) return new("rule-thresholds-unordered", ordered[i].Severity, Figure(ordered[i].At), ordered[i - 1].Severity, Figure(ordered[i - 1].At));
            if (hysteresis >= gap) return new("rule-hysteresis-too-large", Figure(hysteresis), Figure(Math.Round(gap, 9)));
        }
        return null;

        RuleFigure Figure(double value) => new(value, unit);
    }

    /// <summary>The mildest step ends beyond its threshold by the hysteresis: what no value can reach would stand for ever.</summary>
    private static RuleFault? ClearFault(Step[] steps, bool isUp, double hysteresis, double minimum, double maximum, string unit)
    {
        var mildest = steps.MinBy(s => s.Severity)!.At;
        var clear = Math.Round(isUp ? mildest - hysteresis : mildest + hysteresis, 9);
        if (hysteresis == 0 || (isUp ? clear > minimum : clear < maximum)) return null;
        var (code, end) = isUp ? ("rule-never-clears-below", minimum) : ("rule-never-clears-above", maximum);
        return new(code, new RuleFigure(mildest, unit), new RuleFigure(hysteresis, unit), new RuleFigure(clear, unit), new RuleFigure(end, unit));
    }

    private static RuleFault? MetricFault(Sensor sensor, string metric) =>
        sensor.Layout.Names.Contains(metric) ? null : new("rule-metric-unknown", metric, sensor.Id, string.Join(", ", sensor.Layout.Names));

    private static RuleFault? RangeFault(Sensor sensor, string metric, double at)
    {
        var (minimum, maximum) = RangeOf(sensor, metric);
        var unit = UnitOf(sensor, metric);
        return at >= minimum && at <= maximum ? null : new("rule-threshold-out-of-range", new RuleFigure(at, unit), new RuleFigure(minimum, unit), new RuleFigure(maximum, unit));
    }

    private static (double Minimum, double Maximum) RangeOf(Sensor sensor, string metric) =>
        sensor.Layout.Kind?.Metrics.FirstOrDefault(m => m.Name == metric) is { } definition ? (definition.Minimum, definition.Maximum) : (double.MinValue, double.MaxValue);

    private static string UnitOf(Sensor sensor, string metric) => sensor.Layout.Kind?.Metrics.FirstOrDefault(m => m.Name == metric)?.Unit ?? "";

    private static RuleFault? HoldFault(int seconds, int samples, int clearSeconds)
    {
        if (seconds is < 0 or > HoldSecondsMax) return new("rule-hold-invalid", seconds, HoldSecondsMax);
        if (clearSeconds is < 0 or > HoldSecondsMax) return new("rule-hold-invalid", clearSeconds, HoldSecondsMax);
        return samples is < 0 or > SamplesMax ? new("rule-samples-invalid", samples, SamplesMax) : null;
    }

    private static RuleFault? WindowFault(int seconds) =>
        seconds is < 60 or > WindowSecondsMax ? new("rule-window-invalid", seconds, WindowSecondsMax) : null;

    private static RuleFault? StateFault(int state) => state is 0 or 1 ? null : new("rule-state-invalid", state);

    private static RuleFault? SeverityFault(Severity severity) => Enum.IsDefined(severity) ? null : new("rule-severity-missing");

    [GeneratedRegex("^(?=.{2,48}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex IdPattern();
}
