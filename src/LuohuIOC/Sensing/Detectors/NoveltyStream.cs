using LuohuIOC.Alerts;
using LuohuIOC.Detection.Novelty;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Novelty of one metric of one sensor, owned by the sensor's grain. Says nothing while it warms up.</summary>
internal sealed class NoveltyStream : ISensorStream
{
    /// <summary>Names of <see cref="NoveltyDetector.ByView"/> as the API and the evidence show them.</summary>
    public static readonly string[] Views = ["level", "step", "shape", "local-step", "local-level", "local-shape", "day"];

    private readonly NoveltyDetector _novelty = new();
    private readonly int _slot;
    private readonly string _metric;
    private readonly Threshold _threshold;
    private readonly StreamBoard _board;
    private readonly RainCover? _rain;
    private readonly MetricsHeard _heard;

    // An episode was held back for rain: what comes in it later and is no stranger is no news to the detector, and a fall must be told all the same.
    private bool _isHeldBack;

    public NoveltyStream(int slot, string metric, StreamState state, Threshold threshold, StreamBoard board, RainCover? rain)
    {
        (_slot, _metric, State, _threshold, _board, _rain) = (slot, metric, state, threshold, board, rain);
        _heard = new MetricsHeard(1, state.HeardMs);
        _rain?.Restore(state.Dry);
        if (state.Snapshot.Length > 0) _novelty.Restore(state.Snapshot);
        Drop();
        Publish(0);
    }

    public StreamState State { get; }

    public void Keep() => (State.Snapshot, State.Dry, State.HeardMs) = (_novelty.Snapshot(), _rain?.Snapshot() ?? [], _heard.Snapshot());

    public void Drop() => (State.Snapshot, State.Dry, State.HeardMs) = ([], [], []);

    public void Observe(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, List<RuleChange> changes)
    {
        var at = slots.IndexOf((byte)_slot);
        if (at >= 0) _heard.Take(0, timeMs);
        _board.PublishUnwatched(unknown: 0, dead: 0, _heard.MissingAt(timeMs));
        if (at < 0) return;
        var score = _novelty.Observe(timeMs, values[at]);
        _rain?.Observe(timeMs, values.Slice(at, 1));
        var threshold = _threshold.Value;
        var scored = _novelty.Verdict == NoveltyVerdict.Scored;
        var raise = scored ? RaiseOf(timeMs, values[at], score, threshold) : 0;
        Publish(timeMs);
        if (!scored || !AlarmLatch.Step(State, timeMs, raise, _novelty.Evidence / threshold)) return;
        var evidence = StreamEvidence.Of(_novelty, _metric, score, threshold, _rain);
        changes.Add(new RuleChange(State.Rule, State.Severity, _metric, values[at], double.NaN, timeMs, evidence));
    }

    // As a share of the threshold; 0 where nothing is to be raised.
    private double RaiseOf(long timeMs, double value, double score, double threshold)
    {
        if (score >= threshold && _rain is not null && _rain.Explains(timeMs, 0, value, score))
        {
            _isHeldBack = true;
            return 0;
        }
        _isHeldBack &= _novelty.Evidence >= AlarmLatch.QuietRatio * threshold;
        if (score >= threshold) return score / threshold;
        return _isHeldBack && State.Severity is null && _rain!.IsFall(0, value) && _novelty.Evidence >= threshold ? _novelty.Evidence / threshold : 0;
    }

    private void Publish(long timeMs)
    {
        var warm = _novelty.Verdict == NoveltyVerdict.Scored;
        _board.Publish(timeMs, warm ? 0 : Math.Max(1, _novelty.WarmUpLeft), warm ? _novelty.Evidence : double.NaN, _novelty.ByView, [_novelty.Expected], _rain, _novelty.HasNeverChanged);
    }
}
