using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// Times of a station's past that must not teach, or the fault would be what is usual: while an alert about one of its metrics is open, and where officers found one true.
/// What one found false teaches, and so does what has stood open for so long that it is taken for the station's new ordinary state.
/// </summary>
internal sealed class FaultTimes
{
    private readonly List<(long FromMs, long ToMs)> _spans = [];

    /// <param name="alerts">The station's.</param>
    /// <param name="metrics">What is to be learned: an alert about a battery says nothing of the water.</param>
    /// <param name="anomaly">What the station's detector reports under, and since when it has held an anomaly, also where an officer has closed its alert: Unix ms, 0 when it holds none.</param>
    /// <param name="nowMs">Unix ms.</param>
    /// <param name="faultMax">What is open for longer is no fault.</param>
    public FaultTimes(IReadOnlyList<AlertSpan> alerts, IReadOnlyList<string> metrics, (string Rule, long SinceMs) anomaly, long nowMs, TimeSpan faultMax)
    {
        var newestMs = nowMs - (long)faultMax.TotalMilliseconds;
        var held = alerts.FirstOrDefault(alert => alert.Rule == anomaly.Rule && alert.FromMs == anomaly.SinceMs);
        foreach (var alert in alerts)
        {
            if (!metrics.Contains(alert.Metric)) continue;
            if (alert.Verdict == AlertVerdict.True) _spans.Add((alert.FromMs, alert == held ? long.MaxValue : alert.ToMs ?? long.MaxValue));
            else if (alert is { Verdict: null, IsOpen: true } && alert.FromMs > newestMs) _spans.Add((alert.FromMs, alert.ToMs ?? long.MaxValue));
        }
        if (anomaly.SinceMs > newestMs && held?.Verdict is null) _spans.Add((anomaly.SinceMs, long.MaxValue));
    }

    public bool Has(long timeMs) => _spans.Exists(span => timeMs >= span.FromMs && timeMs <= span.ToMs);
}
