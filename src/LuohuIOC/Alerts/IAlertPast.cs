namespace LuohuIOC.Alerts;

/// <summary>What a detector may know of its own alerts, which are not its business otherwise.</summary>
public interface IAlertPast
{
    /// <summary>What officers said of one rule's alerts at one sensor since then, newest first, null where nobody has; a thousand at most.</summary>
    IReadOnlyList<AlertVerdict?> VerdictsOf(string sensor, string rule, DateTimeOffset since);

    /// <summary>All alerts of one sensor that had not ended before then, newest first; a thousand at most.</summary>
    IReadOnlyList<AlertSpan> SpansOf(string sensor, DateTimeOffset since);
}

/// <summary>The stretch of a sensor's own time that an alert covers.</summary>
/// <param name="Rule">Id of the rule.</param>
/// <param name="Metric">Wire name of the metric that decided last, empty without one.</param>
/// <param name="Verdict">What officers said of it; null while nobody has.</param>
/// <param name="IsOpen">Nobody has closed it, and it has not closed itself.</param>
/// <param name="FromMs">Time of the reading that raised it, Unix ms.</param>
/// <param name="ToMs">Time of the reading that ended it or, where a person closed it before, of that, Unix ms; null while its condition holds.</param>
public sealed record AlertSpan(string Rule, string Metric, AlertVerdict? Verdict, bool IsOpen, long FromMs, long? ToMs);
