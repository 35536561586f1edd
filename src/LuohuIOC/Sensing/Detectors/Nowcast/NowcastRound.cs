using LuohuIOC.Alerts;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>Forecasts every station of the map at one minute, shows them, and says which alerts change. Knows no clock and calls no grain. For one thread.</summary>
internal sealed class NowcastRound(
    SensorRegistry registry, RuleBook rules, NowcastModels models, NowcastBoard board, MinuteBook book, NowcastSettings settings)
{
    /// <summary>Rule under which water is told that rain and upstream do not explain.</summary>
    public const string ResidualRule = "nowcast-residual";

    private static readonly string[] Rules = [RuleOf("depth"), RuleOf("level"), ResidualRule];

    private readonly Dictionary<int, NowcastLatch> _latches = [];
    private readonly Dictionary<int, ResidualLatch> _residuals = [];

    // Begins anew with another model or threshold, and after a restart.
    private readonly Dictionary<int, (NowcastModel Model, double Threshold, AdaptiveInterval Interval)> _intervals = [];

    /// <summary>Id of the rule that a forecast of a metric reports under.</summary>
    public static string RuleOf(string metric) => $"nowcast-{metric}";

    /// <param name="map">The stations.</param>
    /// <param name="minute">A whole one.</param>
    /// <returns>What the stations' alert grains must hear, in the order of the map.</returns>
    public List<(string SensorId, RuleChange Change)> Look(NowcastMap map, long minute)
    {
        var table = book.TableAt(map, minute);
        var silence = RainSilence(map, table, minute);
        var shown = new Dictionary<int, StationNowcast>(map.Stations.Length);
        var changes = new List<(string, RuleChange)>();
        foreach (var station in map.Stations)
        {
            var sensor = registry[station.Sensor];
            var rule = NowcastThreshold.Of(rules, sensor, station.Metric);
            var nowcast = Forecast(sensor, station.Site, table, (minute + 1) * settings.MinuteMs, rule.At, silence);
            var residual = Residual(station, sensor, nowcast, minute, map);
            shown[station.Sensor] = nowcast = nowcast with { Residual = residual.Last };
            if (residual.Change is { } told) changes.Add((sensor.Id, told));
            if (Turn(station, nowcast, rule) is { } change) changes.Add((sensor.Id, change(sensor, table, map)));
        }
        board.Show(shown);
        return changes;
    }

    /// <summary>
    /// Alerts that end before the next minute because the water has just come to the threshold: the threshold's own alert is out, and two would
    /// say the same.
    /// </summary>
    public IEnumerable<(string SensorId, RuleChange Change)> TakenOver(NowcastMap map, LatestBoard latest)
    {
        foreach (var station in map.Stations)
        {
            if (!_latches.TryGetValue(station.Sensor, out var latch) || !latch.IsOpen || board.Of(station.Sensor) is not { } nowcast) continue;
            var slot = map.Columns[station.Site.Own].Slot;
            var sensor = registry[station.Sensor];
            if (latest[station.Sensor] is not { } reading || (uint)slot >= (uint)reading.Values.Length || !(reading.Values[slot] >= nowcast.Threshold)) continue;
            var timeMs = reading.TimeOf(slot);
            if (nowcast.IssuedMs - timeMs > NowcastFeatures.StaleMinutes * settings.MinuteMs) continue;
            var rule = NowcastThreshold.Of(rules, sensor, station.Metric);
            if (rule.HoldSeconds > 0 || latch.Step(timeMs / settings.MinuteMs, reading.Values[slot], rule.At, rule.Hysteresis, 0, false) != NowcastTurn.TakenOver) continue;
            // An end is known by its time: one that is older than its own beginning could be taken for the end before.
            yield return (sensor.Id, End(station, reading.Values[slot], rule.At, Math.Max(timeMs, nowcast.IssuedMs), NowcastTurn.TakenOver));
        }
    }

    /// <summary>
    /// Ends what is open of stations that the map has no more, and forgets them: a station that is retired, that another has pushed out, or whose district has
    /// lost its last gauge is never looked at again.
    /// </summary>
    public List<(string SensorId, RuleChange Change)> Leave(NowcastMap map, long timeMs)
    {
        var there = map.Stations.Select(s => s.Sensor).ToHashSet();
        var changes = new List<(string, RuleChange)>();
        foreach (var (number, latch) in _latches.Where(l => !there.Contains(l.Key)).ToArray())
        {
            _latches.Remove(number);
            End(number, latch.IsOpen, RuleOf);
        }
        foreach (var (number, latch) in _residuals.Where(l => !there.Contains(l.Key)).ToArray())
        {
            _residuals.Remove(number);
            End(number, latch.IsOpen, _ => ResidualRule);
        }
        foreach (var number in _intervals.Keys.Where(n => !there.Contains(n)).ToArray()) _intervals.Remove(number);
        board.Keep(there);
        return changes;

        void End(int number, bool isOpen, Func<string, string> ruleOf)
        {
            if (isOpen && registry[number] is var sensor && NowcastMap.MetricOf(sensor.Kind) is { } metric) changes.Add((sensor.Id, Off(ruleOf(metric), metric, timeMs)));
        }
    }

    /// <summary>Ends open alerts of stations that are not forecast: nobody remembers them after a restart, or when forecasts are switched off.</summary>
    /// <param name="open">All open alerts.</param>
    /// <param name="forecast">Ids of the stations that are.</param>
    /// <param name="timeMs">Now, Unix ms.</param>
    public static IEnumerable<(string SensorId, RuleChange Change)> Abandoned(IEnumerable<AlertView> open, IReadOnlySet<string> forecast, long timeMs) =>
        open.Where(a => Rules.Contains(a.Rule) && a.ClearedAt is null && !forecast.Contains(a.SensorId)).Select(a => (a.SensorId, Off(a.Rule, a.Metric, timeMs)));

    private StationNowcast Forecast(Sensor sensor, NowcastSite site, MinuteTable table, long issuedMs, double threshold, NowcastSilence rain)
    {
        var last = table.Count - 1;
        var model = models.Of(sensor, site);
        var values = new NowcastValue[model?.Model.Horizons.Length ?? 0];
        var known = rain == NowcastSilence.None && model is not null && model.Model.Forecast(table, site, last, values);
        Span<float> row = stackalloc float[NowcastFeatures.Names(site).Length];
        NowcastFeatures.Fill(table, site, last, row);
        if (model is not null) IntervalOf(sensor, model.Model, threshold).Apply(issuedMs / settings.MinuteMs, row[NowcastFeatures.Own], site.Floor, known ? values : []);
        return new StationNowcast(
            issuedMs, row[NowcastFeatures.Own], known ? values : [], known ? NowcastSilence.None : SilenceOf(model, row[NowcastFeatures.Own], rain), threshold,
            // Gauges that have not spoken for an hour yet are in the quarter's rain alone: the hour's is that much at least.
            row[NowcastFeatures.RainNear15], row[NowcastFeatures.RainNear15] > row[NowcastFeatures.RainNear60] ? row[NowcastFeatures.RainNear15] : row[NowcastFeatures.RainNear60], model);
    }

    private AdaptiveInterval IntervalOf(Sensor sensor, NowcastModel model, double threshold)
    {
        if (_intervals.TryGetValue(sensor.Number, out var known) && known.Model == model && known.Threshold.Equals(threshold)) return known.Interval;
        var interval = new AdaptiveInterval(model, threshold * NowcastScore.WetShare);
        _intervals[sensor.Number] = (model, threshold, interval);
        return interval;
    }

    /// <summary>Holds the minute's reading against what was forecast for it, and remembers what is forecast now.</summary>
    private (NowcastResidual? Last, RuleChange? Change) Residual(NowcastStation station, Sensor sensor, StationNowcast nowcast, long minute, NowcastMap map)
    {
        if (!_residuals.TryGetValue(station.Sensor, out var latch))
        {
            // Without an alert the residual is kept all the same, and one of before ends.
            var factor = settings.ResidualFactor == 0 ? double.PositiveInfinity : settings.ResidualFactor;
            _residuals[station.Sensor] = latch = new ResidualLatch(factor, settings.ResidualMinutes, settings.EndMinutes, NowcastSettings.ResidualMetresOf(sensor.Kind));
        }
        var value = book.IsDoubtful(map.Columns[station.Site.Own]) ? double.NaN : nowcast.Now;
        RuleChange? change = latch.Step(minute, value, nowcast.Values.Length > 0 ? nowcast.Values[0] : null, nowcast.Model?.Model) switch
        {
            ResidualTurn.Raised => new RuleChange(
                ResidualRule, Severity.Blue, station.Metric, Math.Round(nowcast.Now, 3), double.NaN, nowcast.IssuedMs, NowcastEvidence.Of(nowcast, latch.Last!, settings.ResidualMinutes)),
            ResidualTurn.None => null,
            var turn => new RuleChange(ResidualRule, null, station.Metric, Math.Round(nowcast.Now, 3), double.NaN, nowcast.IssuedMs, NowcastEvidence.Ended(turn)),
        };
        return (latch.Last, change);
    }

    /// <summary>Why rain of the last quarter of an hour is not known; none when it is.</summary>
    private NowcastSilence RainSilence(NowcastMap map, MinuteTable table, long minute)
    {
        var known = map.GaugeColumns.Count(g => !double.IsNaN(table.Sum(g, table.Count - 1, NowcastFeatures.ShortMinutes)));
        var (untimed, pace) = book.GaugesAt(map, minute);
        // Those that are known are then those where none fell, and must not stand for the district.
        if (untimed > known) return NowcastSilence.RainSeldom;
        if (known > 0) return NowcastSilence.None;
        return pace switch
        {
            GaugePace.Silent => NowcastSilence.Rain,
            GaugePace.Seldom => NowcastSilence.RainSeldom,
            _ => NowcastSilence.Waiting,
        };
    }

    private static NowcastSilence SilenceOf(ModelInUse? model, float own, NowcastSilence rain) =>
        model is null ? NowcastSilence.Model : float.IsNaN(own) ? NowcastSilence.Station : rain == NowcastSilence.None ? NowcastSilence.Waiting : rain;

    private Func<Sensor, MinuteTable, NowcastMap, RuleChange>? Turn(NowcastStation station, StationNowcast nowcast, NowcastThreshold rule)
    {
        if (!_latches.TryGetValue(station.Sensor, out var latch))
            _latches[station.Sensor] = latch = new NowcastLatch(settings.ConfirmMinutes, settings.EndMinutes);
        var raising = nowcast.Values.Where(v => v.Minutes <= settings.WarnMinutes && v.Value >= nowcast.Threshold).ToArray();
        bool? isExpected = nowcast.Values.Length > 0 ? raising.Length > 0 : null;
        var hold = (int)Math.Ceiling(rule.HoldSeconds * 1000.0 / settings.MinuteMs);
        return latch.Step(nowcast.IssuedMs / settings.MinuteMs, nowcast.Now, nowcast.Threshold, rule.Hysteresis, hold, isExpected) switch
        {
            NowcastTurn.None => null,
            NowcastTurn.Raised => (_, table, map) => Raise(station, nowcast, raising[^1], table, map),
            var turn => (_, _, _) => End(station, nowcast.Now, nowcast.Threshold, nowcast.IssuedMs, turn),
        };
    }

    private RuleChange Raise(NowcastStation station, StationNowcast nowcast, NowcastValue horizon, MinuteTable table, NowcastMap map)
    {
        var upstream = new Dictionary<string, double>();
        foreach (var column in station.Site.Upstream)
            if (column != NowcastSite.Nobody && table.Latest(column, table.Count - 1, 10) is var level && double.IsFinite(level)) upstream[registry[map.Columns[column].Sensor].Id] = level;
        return new RuleChange(
            RuleOf(station.Metric), Severity.Blue, station.Metric, Math.Round(horizon.Value, 2), nowcast.Threshold, nowcast.IssuedMs,
            NowcastEvidence.Of(nowcast, horizon, settings.MinuteMs, upstream));
    }

    private static RuleChange End(NowcastStation station, double value, double threshold, long timeMs, NowcastTurn turn) =>
        new(RuleOf(station.Metric), null, station.Metric, Math.Round(value, 3), threshold, timeMs, NowcastEvidence.Ended(turn));

    private static RuleChange Off(string rule, string metric, long timeMs) =>
        new(rule, null, metric, double.NaN, double.NaN, timeMs, rule == ResidualRule ? NowcastEvidence.ResidualOff() : NowcastEvidence.Off());
}
