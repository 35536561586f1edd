namespace LuohuIOC.Alerts;

/// <summary>What is known about one rule at one sensor: its condition, what was seen of it, and its one open alert.</summary>
/// <param name="Rule">Id of the rule.</param>
public sealed record RuleWatch(string Rule)
{
    /// <summary>Severity that the rule last reported, null when its condition does not hold. Outlives an alert that a person closed.</summary>
    public Severity? Condition { get; init; }

    public ChangeMemory Seen { get; init; } = ChangeMemory.Empty;

    public Alert? Open { get; init; }
}
