using LuohuIOC.Alerts;
using LuohuIOC.Detection.Chart;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>The chart of one station with several metrics, owned by the station's grain. Says nothing while it warms up.</summary>
internal sealed class ChartStream : ISensorStream
{
    private readonly ChartDetector _chart;
    private readonly int[] _slots;
    private readonly string[] _metrics;
    private readonly double[] _values;
    private readonly double[] _expected;
    private readonly Threshold _threshold;
    private readonly StreamBoard _board;
    private readonly bool _silent;
    private readonly RainCover? _rain;
    private readonly MetricsHeard _heard;

    /// <remarks>A silent one judges and is shown, but raises nothing.</remarks>
    public ChartStream(SensorKind kind, int[] slots, StreamState state, Threshold threshold, StreamBoard board, bool silent, RainCover? rain)
    {
        (_slots, State, _threshold, _board, _silent, _rain) = (slots, state, threshold, board, silent, rain);
        _rain?.Restore(state.Dry);
        _metrics = MetricsOf(kind, slots);
        _values = new double[slots.Length];
        _expected = new double[slots.Length];
        _heard = new MetricsHeard(slots.Length, state.HeardMs);
        _chart = new ChartDetector(slots.Length);
        if (state.Snapshot.Length > 0) _chart.Restore(state.Snapshot);
        Drop();
        Publish(0);
    }

    public StreamState State { get; }

    public static string[] MetricsOf(SensorKind kind, int[] slots) => [.. slots.Select(s => KindCatalogue.Of(kind).Metrics[s].Name)];

    public void Keep() => (State.Snapshot, State.Dry, State.HeardMs) = (_chart.Snapshot(), _rain?.Snapshot() ?? [], _heard.Snapshot());

    public void Drop() => (State.Snapshot, State.Dry, State.HeardMs) = ([], [], []);

    public void Observe(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, List<RuleChange> changes)
    {
        var any = false;
        for (var m = 0; m < _slots.Length; m++)
        {
            var at = slots.IndexOf((byte)_slots[m]);
            _values[m] = at < 0 ? double.NaN : values[at];
            any |= at >= 0;
            if (at >= 0) _heard.Take(m, timeMs);
        }
        // A message of battery and signal alone is no row of the station.
        if (!any)
        {
            PublishUnwatched(timeMs);
            return;
        }
        var score = _chart.Observe(_values);
        _rain?.Observe(timeMs, _values);
        var ratio = score / _threshold.Value;
        var decisive = Decisive();
        var explained = ratio >= 1 && (_rain?.Explains(timeMs, decisive, _values[decisive], score) ?? false);
        Publish(timeMs);
        if (_silent || double.IsNaN(score)) return;
        var about = State.Metric;
        if (!AlarmLatch.Step(State, timeMs, explained ? 0 : ratio, ratio)) return;
        // What it ends with is how the metric stands that it was about, whichever makes up most of an ordinary row.
        if (State.Severity is not null) State.Metric = _metrics[decisive];
        else if (Array.IndexOf(_metrics, about) is >= 0 and var ended) decisive = ended;
        changes.Add(Change(timeMs, decisive, score));
    }

    private int Decisive()
    {
        var decisive = 0;
        for (var m = 1; m < _metrics.Length; m++)
            if (_chart.Contributions[m] > _chart.Contributions[decisive]) decisive = m;
        return decisive;
    }

    private RuleChange Change(long timeMs, int decisive, double score)
    {
        var evidence = StreamEvidence.Of(_chart, _metrics, _values, score, _threshold.Value, _rain);
        return new RuleChange(State.Rule, State.Severity, _metrics[decisive], _values[decisive], double.NaN, timeMs, evidence);
    }

    private void Publish(long timeMs)
    {
        for (var m = 0; m < _expected.Length; m++) _expected[m] = _chart.WarmUpLeft > 0 || _chart.IsUnknown(m) ? double.NaN : _chart.Expected(m);
        _board.Publish(timeMs, _chart.WarmUpLeft, _chart.Score, _chart.Contributions, _expected, _rain);
        PublishUnwatched(timeMs);
    }

    private void PublishUnwatched(long timeMs)
    {
        var (unknown, dead) = (0UL, 0UL);
        for (var m = 0; m < _metrics.Length; m++)
        {
            if (_chart.IsUnknown(m)) unknown |= 1UL << m;
            else if (_chart.IsDead(m)) dead |= 1UL << m;
        }
        _board.PublishUnwatched(unknown, dead, _heard.MissingAt(timeMs) & ~unknown);
    }
}
