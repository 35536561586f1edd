using System.Diagnostics.Metrics;

namespace LuohuIOC.Alerts;

/// <summary>Counters of meter <c>LuohuIOC.Alerts</c>.</summary>
public sealed class AlertMeters
{
    public const string Name = "LuohuIOC.Alerts";

    private readonly Counter<long> _transitions;
    private readonly Counter<long> _failures;

    public AlertMeters(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _transitions = meter.CreateCounter<long>("luohu.alerts.transitions", description: "Alert events, by type and severity");
        _failures = meter.CreateCounter<long>("luohu.alerts.store.failures", description: "Commits of alerts that the disk refused and that were tried again");
    }

    private long _failureCount;

    /// <summary>Refused commits since start.</summary>
    public long Failures => Interlocked.Read(ref _failureCount);

    public void Transition(AlertEvent happened) => _transitions.Add(
        1, new KeyValuePair<string, object?>("type", happened.Type.ToString()), new KeyValuePair<string, object?>("severity", (happened.To ?? happened.From)?.ToString()));

    public void Failure()
    {
        Interlocked.Increment(ref _failureCount);
        _failures.Add(1);
    }
}
