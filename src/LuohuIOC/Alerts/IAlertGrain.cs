namespace LuohuIOC.Alerts;

/// <summary>The alerts of one sensor, keyed by the sensor's id: at most one open alert per rule.</summary>
[Alias("luohu.alerts")]
public interface IAlertGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes what the sensor's rules found, in order. Tells the wall at once, completes when the change is durable.
    /// A change seen before (same rule, severity and observed time) does nothing.
    /// </summary>
    [Alias("observe")]
    Task Observe(int sensorNumber, RuleChange[] changes);
}
