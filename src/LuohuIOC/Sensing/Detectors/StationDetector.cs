using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// The detector of one station, owned by its grain. Without a model it says nothing. Blue above the model's threshold, yellow at
/// twice it; ends when the held score falls clearly below. Allocates only when something changes.
/// </summary>
public sealed class StationDetector
{
    private const double YellowRatio = 2;
    private const double YellowEndRatio = 1.7;
    private const double EndRatio = 0.85;

    private readonly Station _station;
    private readonly string _rule;
    private readonly string[] _metrics;
    private readonly RecentReadings _recent;
    private readonly Threshold? _threshold;
    private readonly bool _silent;
    private ActiveModel<PcaModel>? _active;
    private PcaDetector? _detector;
    private AlarmHold? _hold;
    private int[] _slotOfMetric = [];
    private double[] _values = [];
    private int _unjudged;

    internal StationDetector(SensorKind kind, Station station, DetectorState state, Threshold? threshold = null, bool silent = false)
    {
        (_threshold, _silent) = (threshold, silent);
        _station = station;
        _rule = StationDetectors.RuleOf(kind);
        _recent = new RecentReadings(KindCatalogue.Of(kind).Metrics.Count);
        _metrics = [.. KindCatalogue.Of(kind).Metrics.Select(m => m.Name)];
        State = state;
        station.OpenSinceMs = state.SinceMs;
    }

    /// <summary>To be stored with the sensor's state and given to <see cref="StationDetectors.For"/> after a restart.</summary>
    public DetectorState State { get; }

    /// <summary>While it is wet the model begins no alert; null for none.</summary>
    internal RainGate? Rain { get; set; }

    /// <summary>Takes a reading that is the latest and not bad; appends what it found.</summary>
    /// <param name="timeMs">The reading's time, Unix ms.</param>
    /// <param name="slots">Slots of the values.</param>
    /// <param name="values">The values.</param>
    /// <param name="changes">Gets a change of the rule <c>water-quality-anomaly</c> or <c>pipe-anomaly</c> when there is one.</param>
    public void Observe(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, List<RuleChange> changes)
    {
        _recent.Add(timeMs, slots, values);
        var active = _station.Active;
        var held = ReferenceEquals(active, _active) ? Show(_recent.Count - 1) : Adopt(active);
        if (_detector is not { } detector)
        {
            if (State.Severity is not null) End(timeMs, changes, AnomalyEvidence.WithoutModel());
            return;
        }
        if (detector.Verdict == DetectorVerdict.Skipped) return;
        _station.Publish(timeMs, _active!.Version, detector, held);
        if (_silent) return;
        if (detector.Verdict == DetectorVerdict.Scored) Judge(timeMs, held, changes);
        else if (++_unjudged > RecentReadings.Kept && State.Severity is not null) End(timeMs, changes, AnomalyEvidence.Unjudgeable(_active.Version));
    }

    private void Judge(long timeMs, double held, List<RuleChange> changes)
    {
        _unjudged = 0;
        var threshold = _detector!.Model.Threshold * (_threshold?.Factor ?? 1);
        var ratio = held / threshold;
        var now = SeverityAt(ratio, State.Severity);
        if (State.Severity is null && now is not null && Rain?.IsWet(timeMs) == true) return;
        if (now == State.Severity || (now is null && _hold!.Filled < _detector.Model.HoldWindow)) return;
        if (now is null)
        {
            End(timeMs, changes, AnomalyEvidence.Of(_detector, held, threshold, _active!.Version));
            return;
        }
        if (State.Severity is null) State.SinceMs = _station.OpenSinceMs = timeMs;
        State.Severity = now;
        State.ModelVersion = _active!.Version;
        changes.Add(Change(timeMs, now, AnomalyEvidence.Of(_detector, held, threshold, _active.Version)));
    }

    private static Severity? SeverityAt(double ratio, Severity? before) => before switch
    {
        null => ratio >= YellowRatio ? Severity.Yellow : ratio > 1 ? Severity.Blue : null,
        Severity.Blue => ratio >= YellowRatio ? Severity.Yellow : ratio < EndRatio ? null : Severity.Blue,
        _ => ratio >= YellowEndRatio ? Severity.Yellow : ratio < EndRatio ? null : Severity.Blue,
    };

    private void End(long timeMs, List<RuleChange> changes, string evidence)
    {
        State.Severity = null;
        State.SinceMs = _station.OpenSinceMs = 0;
        changes.Add(Change(timeMs, null, evidence));
    }

    private RuleChange Change(long timeMs, Severity? severity, string evidence)
    {
        if (_detector is not { Verdict: DetectorVerdict.Scored } detector)
            return new RuleChange(_rule, severity, "", double.NaN, double.NaN, timeMs, evidence);
        var decisive = 0;
        for (var m = 1; m < detector.Contributions.Length; m++)
            if (detector.Contributions[m] > detector.Contributions[decisive]) decisive = m;
        return new RuleChange(_rule, severity, detector.Model.Metrics[decisive], _values[decisive], double.NaN, timeMs, evidence);
    }

    /// <summary>Shows one of the recent readings to the detector; returns the held score.</summary>
    private double Show(int index)
    {
        if (_detector is null) return 0;
        var row = _recent.ValuesOf(index);
        for (var m = 0; m < _values.Length; m++) _values[m] = _slotOfMetric[m] < 0 ? double.NaN : row[_slotOfMetric[m]];
        var score = _detector.Observe(_recent.TimeOf(index), _values);
        return _detector.Verdict == DetectorVerdict.Scored ? _hold!.Push(score) : 0;
    }

    private double Adopt(ActiveModel<PcaModel>? active)
    {
        _active = active;
        _detector = active is null ? null : new PcaDetector(active.Model);
        _hold = active is null ? null : new AlarmHold(active.Model.HoldCount, active.Model.HoldWindow);
        _slotOfMetric = active is null ? [] : [.. active.Model.Metrics.Select(m => Array.IndexOf(_metrics, m))];
        _values = new double[_slotOfMetric.Length];
        var held = 0.0;
        for (var i = 0; i < _recent.Count; i++) held = Show(i);
        return held;
    }
}
