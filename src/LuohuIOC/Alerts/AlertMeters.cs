using System.Diagnostics.Metrics;

namespace LuohuIOC.Alerts;

/// <summary>Counters of meter <c>LuohuIOC.Alerts</c>.</summary>
public sealed class AlertMeters
{
    public const string Name = "LuohuIOC.Alerts";

    private readonly Counter<long> _transitions;
    private readonly Counter<long> _failures;
    private readonly HashSet<(string Severity, string Kind)> _everOpen = [];

    public AlertMeters(IMeterFactory factory, AlertBoard board)
    {
        var meter = factory.Create(Name);
        _transitions = meter.CreateCounter<long>("luohu.alerts.transitions", description: "Alert events, by type and severity");
        _failures = meter.CreateCounter<long>("luohu.alerts.store.failures", description: "Commits of alerts that the disk refused and that were tried again");
        meter.CreateObservableGauge(
            "luohu.alerts.open",
            () => Open(board),
            "{alert}", "Open alerts, by severity and kind of sensor");
        meter.CreateObservableGauge("luohu.alerts.overdue", () => board.Open.Count(a => a is { OverdueAt: not null, ClearedAt: null }), "{alert}", "Alerts that hold and were not dealt with by the time given with their assignment");
    }

    /// <summary>Zero where some were open before: who reads the last value must not take an old one for now.</summary>
    private IEnumerable<Measurement<int>> Open(AlertBoard board)
    {
        var open = board.Open.CountBy(a => (a.Severity, a.Kind)).ToDictionary();
        lock (_everOpen)
        {
            _everOpen.UnionWith(open.Keys);
            return [.. _everOpen.Select(k => new Measurement<int>(open.GetValueOrDefault(k), new("severity", k.Severity), new("kind", k.Kind)))];
        }
    }

    private long _failureCount;

    /// <summary>Refused commits since start.</summary>
    public long Failures => Interlocked.Read(ref _failureCount);

    public void Transition(AlertEvent happened) => _transitions.Add(
        1, new KeyValuePair<string, object?>("type", happened.Type.ToString()), new KeyValuePair<string, object?>("severity", (happened.To ?? happened.From) is { } severity ? AlertWords.Of(severity) : null));

    public void Failure()
    {
        Interlocked.Increment(ref _failureCount);
        _failures.Add(1);
    }
}
