using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Gives each sensor its detectors: novelty of chosen metrics, and for stations with several metrics the chart and the trained model.</summary>
public sealed class SensorDetectors(
    StationDetectors stations, Thresholds thresholds, StreamBoards boards, RainAround rain, DetectionOptions options, ILogger<SensorDetectors> log)
{
    /// <summary>Ids of the rules that a kind's streaming detectors report under; empty for kinds without one or switched off.</summary>
    public IReadOnlyList<string> RulesOf(SensorKind kind) => !options.Runs(kind) ? []
        : StationDetectors.Watches(kind) ? [StationDetectors.RuleOf(kind)]
        : [.. NoveltyMetrics.Of(kind).Select(m => NoveltyMetrics.RuleOf(m.Metric))];

    /// <summary>The detectors for the grain of this sensor; null when it has none and none left an alert open.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="stored">What <see cref="SensorDetector.State"/> was when it was stored; null at first.</param>
    public SensorDetector? For(Sensor sensor, DetectorState? stored = null)
    {
        var rules = RulesOf(sensor.Kind);
        if (rules.Count == 0 && stored is not { Streams.Length: > 0 } && stored?.Severity is null) return null;
        var state = stored ?? new DetectorState();
        var before = (state.Streams ?? []).ToDictionary(s => s.Rule);
        var streams = new List<ISensorStream>();
        var gate = rain.GateOf(sensor);
        foreach (var rule in rules) streams.Add(Restored(sensor, rule, before, gate));
        var ended = before.Values.Where(s => s.Severity is not null).ToList();
        state.Streams = [.. streams.Select(s => s.State)];
        var runs = StationDetectors.Watches(sensor.Kind) && options.Runs(sensor.Kind);
        var station = runs
            ? stations.For(sensor, state, thresholds.Of(sensor, StationDetectors.RuleOf(sensor.Kind)), silent: options.Station != StationAlarm.Pca) : null;
        if (station is not null) station.Rain = gate;
        return new SensorDetector(sensor.Kind, streams, station, runs ? stations.Of(sensor.Id) : null, options.Station, ended, state);
    }

    /// <summary>Takes the rule's state out of what was stored; one that cannot be read stays there, so that its alert is ended.</summary>
    private ISensorStream Restored(Sensor sensor, string rule, Dictionary<string, StreamState> before, RainGate? gate)
    {
        if (before.TryGetValue(rule, out var stored))
        {
            try
            {
                var stream = Make(sensor, rule, stored, gate);
                before.Remove(rule);
                return stream;
            }
            catch (InvalidDataException e)
            {
                log.LogWarning("Detector {Rule} of {Sensor} begins anew: {Reason}", rule, sensor.Id, e.Message);
            }
        }
        return Make(sensor, rule, new StreamState { Rule = rule }, gate);
    }

    private ISensorStream Make(Sensor sensor, string rule, StreamState state, RainGate? gate)
    {
        var threshold = thresholds.Of(sensor, rule);
        if (StationDetectors.Watches(sensor.Kind))
        {
            var slots = StationDetectors.SlotsOf(sensor.Kind);
            var chart = boards.Put(sensor.Id, rule, new StreamBoard(ChartStream.MetricsOf(sensor.Kind, slots), slots.Length));
            return new ChartStream(sensor.Kind, slots, state, threshold, chart, silent: options.Station != StationAlarm.Chart, gate is null ? null : new RainCover(gate, slots.Length));
        }
        var (slot, metric, _) = NoveltyMetrics.Of(sensor.Kind).Single(m => NoveltyMetrics.RuleOf(m.Metric) == rule);
        return new NoveltyStream(slot, metric, state, threshold, boards.Put(sensor.Id, rule, new StreamBoard(NoveltyStream.Views, 1)), gate is null ? null : new RainCover(gate, 1));
    }
}
