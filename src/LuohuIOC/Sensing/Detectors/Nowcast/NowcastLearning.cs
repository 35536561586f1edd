using LuohuIOC.Detection.Nowcast;
using LuohuIOC.History;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>Trains a station's own nowcast from the rain events in its history, and judges it and the simulated storms' model in those that its trees do not see.</summary>
internal sealed class NowcastLearning(
    IReadingHistory history, SensorRegistry registry, NowcastModels models, RuleBook rules, NowcastSettings settings, TimeProvider clock) : ISensorTraining
{
    /// <summary>A model is trained anew when so many more of the events have come since.</summary>
    private const double NewShare = 0.1;

    private static readonly TimeSpan PastFor = TimeSpan.FromHours(1);

    private readonly NowcastOptions _options = new();

    // Shared by the stations of a round, and the garbage collector's between rounds.
    private readonly WeakReference<RainPast> _past = new(null!);
    private DateTimeOffset _pastAt;
    private NowcastMap? _map;

    public string Task => ModelsDatabase.Nowcast.Name;

    public bool IsDue(Sensor sensor, DateTimeOffset now) =>
        settings.Run && NowcastMap.MetricOf(sensor.Kind) is not null && models.Own(sensor.Id) is not { Pinned: true } && IsForecast(sensor, now);

    public void Failed(Sensor sensor, DateTimeOffset at) => models.Tried(sensor.Id, new NowcastAttempt(at, null));

    public async Task<bool> TrainAsync(Sensor sensor, bool asked, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!IsForecast(sensor, now)) return false;
        var own = models.Own(sensor.Id);
        var station = Array.Find(_map!.Stations, s => s.Sensor == sensor.Number)!;
        if (!_past.TryGetTarget(out var past))
        {
            past = await RainPast.ReadAsync(history, _map, settings, now, cancellationToken);
            _past.SetTarget(past);
        }
        var events = past.Events.TakeLast(settings.EventsMax).ToArray();
        var since = own is null or { Pinned: true } ? 0 : own.Model.TrainedAt.ToUnixTimeMilliseconds() / settings.MinuteMs;
        if (events.Length < _options.EpisodesMin || events.Count(e => e.To > since) < NewShare * events.Length)
        {
            models.Tried(sensor.Id, new NowcastAttempt(now, events.Length));
            return false;
        }
        var (episodes, site) = await EpisodesAsync(station, _map, past, events, cancellationToken);
        var threshold = NowcastThreshold.Of(rules, sensor, station.Metric).At;
        var (training, evaluation) = await System.Threading.Tasks.Task.Factory.StartNew(
            () => TrainQuietly(episodes, site, sensor, threshold, now), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (training.Model is null)
        {
            models.Tried(sensor.Id, new NowcastAttempt(now, events.Length));
            return false;
        }
        models.Add(sensor.Id, training.Model, evaluation!, asked && own is { Pinned: true } ? own.Version : null);
        return true;
    }

    private bool IsForecast(Sensor sensor, DateTimeOffset now)
    {
        if (_map is null || now - _pastAt > PastFor || now < _pastAt)
        {
            (_map, _pastAt) = (new NowcastMap(registry, settings.Pipes, now.ToUnixTimeMilliseconds()), now);
            _past.SetTarget(null!);
        }
        return Array.Exists(_map.Stations, s => s.Sensor == sensor.Number);
    }

    /// <summary>The station's tables: its own columns first, then the gauges.</summary>
    private async Task<(NowcastEpisode[] Episodes, NowcastSite Site)> EpisodesAsync(
        NowcastStation station, NowcastMap map, RainPast past, RainEvent[] events, CancellationToken cancellationToken)
    {
        var site = station.Site;
        int[] levels = [.. new[] { site.Own, site.Tide ?? NowcastSite.Nobody }.Concat(site.Upstream).Concat(site.Downstream).Where(c => c != NowcastSite.Nobody).Distinct()];
        int Here(int column) => column == NowcastSite.Nobody ? column : Array.IndexOf(levels, column) is var at and >= 0 ? at : levels.Length + column;
        var episodes = new List<NowcastEpisode>(events.Length);
        foreach (var happened in events)
        {
            var first = happened.From - NowcastFeatures.HistoryMinutes;
            var minutes = (int)(happened.To - first + 1);
            var columns = new List<float[]>();
            foreach (var column in levels) columns.Add(await LevelsAsync(map.Columns[column], first, minutes, cancellationToken));
            foreach (var gauge in past.Gauges) columns.Add(gauge.AsSpan((int)(first - past.First), minutes).ToArray());
            var table = new MinuteTable(columns.Count, minutes);
            var row = new double[columns.Count];
            for (var t = 0; t < minutes; t++)
            {
                for (var c = 0; c < row.Length; c++) row[c] = columns[c][t];
                table.Append(row);
            }
            episodes.Add(new NowcastEpisode(table, NowcastFeatures.HistoryMinutes, minutes - 1));
        }
        return ([.. episodes], site with
        {
            Own = Here(site.Own),
            NearGauges = [.. site.NearGauges.Select(g => (levels.Length + g.Column, g.Weight))],
            DistrictGauges = [.. site.DistrictGauges.Select(g => levels.Length + g)],
            Upstream = [.. site.Upstream.Select(Here)],
            Downstream = [.. site.Downstream.Select(Here)],
            Tide = Here(site.Tide ?? NowcastSite.Nobody),
        });
    }

    private async Task<float[]> LevelsAsync(MinuteColumn column, long first, int minutes, CancellationToken cancellationToken)
    {
        var values = new float[minutes];
        Array.Fill(values, float.NaN);
        // In order of time: the last of a minute stays.
        await foreach (var reading in history.ReadAsync(column.Sensor, first * settings.MinuteMs, (first + minutes) * settings.MinuteMs, cancellationToken))
            if (MinuteBook.IsUsable(column.Slot, reading.Mark, reading.Values)) values[(reading.TimeMs / settings.MinuteMs) - first] = (float)reading.Values[column.Slot];
        return values;
    }

    /// <summary>On a thread of its own below normal priority, so that readings go first where the system honours it.</summary>
    private (NowcastTraining Training, NowcastEvaluation? Evaluation) TrainQuietly(NowcastEpisode[] episodes, NowcastSite site, Sensor sensor, double threshold, DateTimeOffset now)
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        var training = NowcastTrainer.Train(episodes, site, _options with { WetMetres = threshold * NowcastScore.WetShare }, now);
        if (training.Model is not { } model) return (training, null);
        var unseen = episodes.Where((_, i) => NowcastTrainer.IsHeldOut(i)).ToArray();
        var own = NowcastScore.Judge(model, site, unseen, threshold);
        var prior = NowcastPrior.Of(sensor.Kind) is { } shipped ? NowcastScore.Judge(shipped.Model, site, unseen, threshold) : [];
        return (training, new NowcastEvaluation(unseen.Length, own, prior, IsBetter(own, prior)));
    }

    /// <summary>Nearer the truth over all horizons together.</summary>
    private static bool IsBetter(NowcastScore[] own, NowcastScore[] prior) => own.Sum(s => s.Efficiency) > prior.Sum(s => s.Efficiency);
}
