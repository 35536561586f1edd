namespace LuohuIOC.Alerts;

/// <summary>What a detector may know of its own alerts, which are not its business otherwise.</summary>
public interface IAlertPast
{
    /// <summary>What officers said of one rule's alerts at one sensor since then, newest first, null where nobody has; a thousand at most.</summary>
    IReadOnlyList<AlertVerdict?> VerdictsOf(string sensor, string rule, DateTimeOffset since);
}
