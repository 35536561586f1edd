namespace LuohuIOC.Alerts;

/// <summary>What a rule found for one sensor: its condition began, changed severity, went further at the same one, or ended. Says nothing when nothing changed.</summary>
/// <param name="Rule">Id of the rule, for example <c>waterlogging-depth</c>.</param>
/// <param name="Severity">New severity; null when the condition has ended.</param>
/// <param name="Metric">Wire name of the metric that decided, empty for rules without one (offline).</param>
/// <param name="Value">The metric's value in its unit; NaN without one.</param>
/// <param name="Threshold">The limit that was crossed in the metric's unit; NaN without one.</param>
/// <param name="ObservedMs">Device time of the deciding reading, bounded by the server clock, Unix ms.</param>
/// <param name="Evidence">Short JSON object with what else an officer should see (contributions, count in window), or null.</param>
/// <param name="IsAgain">The reading was judged again by a state that lacks what came of it the first time; what is known of later times stands.</param>
[GenerateSerializer, Immutable, Alias("luohu.rule-change.v1")]
public sealed record RuleChange(
    [property: Id(0)] string Rule,
    [property: Id(1)] Severity? Severity,
    [property: Id(2)] string Metric,
    [property: Id(3)] double Value,
    [property: Id(4)] double Threshold,
    [property: Id(5)] long ObservedMs,
    [property: Id(6)] string? Evidence,
    [property: Id(7)] bool IsAgain = false);
