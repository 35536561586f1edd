using System.Text.Json.Serialization;
using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Rules;

/// <summary>How a value is compared with a threshold. Exclusive and inclusive differ because standards do.</summary>
public enum Comparison : byte
{
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// <summary>One step of a ladder.</summary>
/// <param name="Severity">Raised when the step is reached; each severity at most once.</param>
/// <param name="At">Threshold in the metric's unit.</param>
public sealed record Step(Severity Severity, double At);

/// <summary>One of the conditions of an all-of rule.</summary>
public sealed record Condition(string Metric, Comparison When, double At);

/// <summary>
/// A rule as data: the shape of <c>defaults.json</c>, of overrides in <c>rules.db</c> and of the API. The JSON member
/// <c>type</c> tells which: <c>ladder</c>, <c>state</c>, <c>all-of</c>, <c>repeat</c>, <c>accumulation</c>, <c>rise</c>, <c>no-data</c>.
/// Durations are whole seconds; thresholds are in the metric's unit of <c>kinds.json</c>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LadderRule), "ladder")]
[JsonDerivedType(typeof(StateRule), "state")]
[JsonDerivedType(typeof(AllOfRule), "all-of")]
[JsonDerivedType(typeof(RepeatRule), "repeat")]
[JsonDerivedType(typeof(AccumulationRule), "accumulation")]
[JsonDerivedType(typeof(RiseRule), "rise")]
[JsonDerivedType(typeof(NoDataRule), "no-data")]
public abstract record Rule
{
    /// <summary>Lower kebab case, 2 to 48 characters, for example <c>waterlogging-depth</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>False: the rule is known but raises nothing.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Name for people of a rule that only this sensor has; the product's own rules are named in the texts.</summary>
    public string? Name { get; init; }

    /// <summary>Where the numbers come from.</summary>
    public string? Source { get; init; }

    /// <summary>True: the numbers are practice or estimates that the district should confirm.</summary>
    public bool Confirm { get; init; }

    /// <summary>Why an officer changed it.</summary>
    public string? Comment { get; init; }
}

/// <summary>
/// Thresholds of one metric. Each step is raised once its condition has held for <see cref="HoldSeconds"/> or for
/// <see cref="HoldSamples"/> readings in a row, whichever comes first (neither given: at once), and ends once the value has
/// been back behind threshold and <see cref="Hysteresis"/> for <see cref="ClearHoldSeconds"/>. The worst step decides.
/// </summary>
public sealed record LadderRule : Rule
{
    public string Metric { get; init; } = "";

    public Comparison When { get; init; }

    /// <summary>Compare the size of the value whatever its sign (a slope moves either way).</summary>
    public bool Absolute { get; init; }

    public Step[] Steps { get; init; } = [];

    public double Hysteresis { get; init; }

    public int HoldSeconds { get; init; }

    public int HoldSamples { get; init; }

    public int ClearHoldSeconds { get; init; }
}

/// <summary>A 0/1 metric has the value <see cref="Is"/>: raised at once unless held.</summary>
public sealed record StateRule : Rule
{
    public string Metric { get; init; } = "";

    public int Is { get; init; } = 1;

    public Severity Severity { get; init; }

    public int HoldSeconds { get; init; }

    public int ClearHoldSeconds { get; init; }
}

/// <summary>All conditions hold at once, judged by the latest values; a metric that never came fails its condition.</summary>
public sealed record AllOfRule : Rule
{
    public Condition[] Conditions { get; init; } = [];

    public Severity Severity { get; init; }

    public int HoldSeconds { get; init; }

    public int HoldSamples { get; init; }

    public int ClearHoldSeconds { get; init; }
}

/// <summary>The condition became true at least <see cref="Times"/> times within the last <see cref="WindowSeconds"/>.</summary>
public sealed record RepeatRule : Rule
{
    public string Metric { get; init; } = "";

    public Comparison When { get; init; }

    public double At { get; init; }

    public double Hysteresis { get; init; }

    /// <summary>2 to 10.</summary>
    public int Times { get; init; }

    public int WindowSeconds { get; init; }

    public Severity Severity { get; init; }
}

/// <summary>The sum of an amount (rain) over a moving window, kept in 36 bins: a 3-hour window moves in steps of 5 minutes.</summary>
public sealed record AccumulationRule : Rule
{
    public string Metric { get; init; } = "";

    public int WindowSeconds { get; init; }

    public Step[] Steps { get; init; } = [];

    public double Hysteresis { get; init; }
}

/// <summary>How far a metric stands above its lowest value in a moving window, or above what it had at the window's beginning, between two readings: needs no datum.</summary>
public sealed record RiseRule : Rule
{
    public string Metric { get; init; } = "";

    /// <summary>The size of the value grows, whatever its sign (a slope moves either way); null: the value.</summary>
    public bool? Absolute { get; init; }

    public int WindowSeconds { get; init; }

    public Step[] Steps { get; init; } = [];

    public double Hysteresis { get; init; }
}

/// <summary>Nothing new was received for <see cref="SilenceSeconds"/> (null: what <c>kinds.json</c> says of the kind).</summary>
public sealed record NoDataRule : Rule
{
    public int? SilenceSeconds { get; init; }

    public Severity Severity { get; init; }
}
