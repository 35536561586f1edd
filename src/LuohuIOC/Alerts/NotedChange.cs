namespace LuohuIOC.Alerts;

/// <summary>A change that a host could not tell while the ledger was away, and kept.</summary>
/// <param name="Change">What the rule found.</param>
/// <param name="At">When the host took note of it.</param>
[GenerateSerializer, Immutable, Alias("luohu.noted-change.v1")]
public sealed record NotedChange(
    [property: Id(0)] RuleChange Change,
    [property: Id(1)] DateTimeOffset At);
