using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing;

/// <summary>The rules in force for one sensor, compiled: defaults of its kind with the sensor's own overrides.</summary>
public sealed class SensorRules
{
    /// <summary>No rule at all.</summary>
    public static readonly SensorRules None = new(null, [], 0);

    internal SensorRules(MetricLayout? layout, CompiledRule[] rules, long silenceMs)
    {
        Layout = layout;
        Rules = rules;
        SilenceMs = silenceMs;
        Ids = [.. rules.Select(r => r.Id)];
        NoData = Array.FindIndex(rules, r => r.Form == RuleForm.NoData);
        HasRings = rules.Any(r => r.RingLength > 0);
        foreach (var rule in rules) Version = unchecked(Version * 16777619 ^ rule.Fingerprint);
    }

    /// <summary>
    /// Derived from what the rules say, so that it is the same after a restart: changes with every override that changes
    /// a decision, so that a grain knows when to reconcile its rule states.
    /// </summary>
    public int Version { get; }

    /// <summary>The layout that the rules' slots belong to.</summary>
    internal MetricLayout? Layout { get; }

    internal CompiledRule[] Rules { get; }

    internal string[] Ids { get; }

    /// <summary>Index of the no-data rule, −1 for none.</summary>
    internal int NoData { get; }

    internal long SilenceMs { get; }

    internal bool HasRings { get; }
}
