using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.History;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Trains one station from its own history and puts the model in force.</summary>
public sealed class StationTraining(
    IReadingHistory history, StationDetectors detectors, IAlertPast ledger, TrainingOptions options, TimeProvider clock) : ISensorTraining
{
    private static readonly TimeSpan LuohuOffset = TimeSpan.FromHours(8);

    public string Task => ModelsDatabase.Anomaly.Name;

    public bool IsDue(Sensor sensor, DateTimeOffset now)
    {
        if (!StationDetectors.Watches(sensor.Kind)) return false;
        var station = detectors.Of(sensor.Id);
        if (station.Active is { Pinned: true }) return false;
        var openSinceMs = station.OpenSinceMs;
        return openSinceMs == 0 || now.ToUnixTimeMilliseconds() - openSinceMs >= options.FaultMax.TotalMilliseconds;
    }

    public void Failed(Sensor sensor, DateTimeOffset at) => detectors.Of(sensor.Id).Attempt = new TrainingAttempt(at, null);

    async Task<bool> ISensorTraining.TrainAsync(Sensor sensor, bool asked, CancellationToken cancellationToken) =>
        await TrainAsync(sensor, asked, cancellationToken) is not null;

    /// <summary>
    /// The model then in force: the new one, or one that is pinned. Null when the history does not suffice; then the station's
    /// <see cref="Station.Attempt"/> says what is missing.
    /// </summary>
    public async Task<ActiveModel<PcaModel>?> TrainAsync(Sensor sensor, bool asked, CancellationToken cancellationToken)
    {
        var station = detectors.Of(sensor.Id);
        var overPin = asked && station.Active is { Pinned: true } pinned ? pinned.Version : (int?)null;
        var now = clock.GetUtcNow();
        var past = await PastOfAsync(sensor, now, station.OpenSinceMs, cancellationToken);
        var pca = new PcaOptions
        {
            ReadingsMin = options.MinimumReadings,
            SpanMin = options.MinimumSpan,
            AlarmsPerDay = options.AlarmsPerDay,
        };
        var (result, evaluation) = await System.Threading.Tasks.Task.Factory.StartNew(
            () => TrainQuietly(past, pca, now), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (result.Model is null)
        {
            station.Attempt = new TrainingAttempt(now, result.Shortage);
            return null;
        }
        return detectors.Add(sensor.Id, result.Model, evaluation, overPin);
    }

    /// <summary>On a thread of its own below normal priority, so that readings go first where the system honours it.</summary>
    private static (TrainingResult Result, ModelEvaluation? Evaluation) TrainQuietly(TrainingHistory past, PcaOptions pca, DateTimeOffset now)
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        var result = PcaTrainer.Train(past, pca, now);
        return (result, result.Model is null ? null : Evaluate(result.Model, past));
    }

    private async Task<TrainingHistory> PastOfAsync(Sensor sensor, DateTimeOffset now, long heldSinceMs, CancellationToken cancellationToken)
    {
        var slots = StationDetectors.SlotsOf(sensor.Kind);
        var past = new TrainingHistory([.. slots.Select(s => sensor.Layout.Names[s])]);
        var row = new double[slots.Length];
        var lastMs = long.MinValue;
        var from = now - options.History;
        var faults = new FaultTimes(ledger.SpansOf(sensor.Id, from), past.Metrics, (StationDetectors.RuleOf(sensor.Kind), heldSinceMs), now.ToUnixTimeMilliseconds(), options.FaultMax);
        await foreach (var reading in history.ReadAsync(sensor.Number, from.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), cancellationToken))
        {
            if (reading.TimeMs < lastMs) continue;
            var bad = reading.Mark.Grade == QualityGrade.Bad ? reading.Mark.Slots : 0;
            var sound = 0;
            for (var m = 0; m < row.Length; m++)
            {
                row[m] = slots[m] < reading.Values.Length && (bad >> slots[m] & 1) == 0 ? reading.Values[slots[m]] : double.NaN;
                if (double.IsFinite(row[m])) sound++;
            }
            if (sound == 0) continue;
            lastMs = reading.TimeMs;
            if (faults.Has(reading.TimeMs)) past.LeaveOut(reading.TimeMs);
            else past.Add(reading.TimeMs, row);
        }
        return past;
    }

    /// <summary>Runs the model over the past that it learned from: a share above the threshold on some day says that the day was strange.</summary>
    internal static ModelEvaluation Evaluate(PcaModel model, TrainingHistory past)
    {
        var columns = model.Metrics.Select(name => past.Metrics.ToList().IndexOf(name)).ToArray();
        var detector = new PcaDetector(model);
        var hold = new AlarmHold(model.HoldCount, model.HoldWindow);
        var values = new double[columns.Length];
        var days = new SortedDictionary<DateOnly, (int Readings, int Above)>();
        var alarms = 0;
        var above = false;
        for (var r = 0; r < past.Rows; r++)
        {
            for (var m = 0; m < columns.Length; m++) values[m] = past.Row(r)[columns[m]];
            var score = detector.Observe(past.TimesMs[r], values);
            if (detector.Verdict != DetectorVerdict.Scored) continue;
            var isAbove = hold.Push(score) > model.Threshold;
            if (isAbove && !above) alarms++;
            above = isAbove;
            var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(past.TimesMs[r]).ToOffset(LuohuOffset).DateTime);
            var so = days.GetValueOrDefault(day);
            days[day] = (so.Readings + 1, so.Above + (isAbove ? 1 : 0));
        }
        return new ModelEvaluation(alarms, [.. days.Select(d => new DayEvaluation(d.Key, d.Value.Readings, Math.Round((double)d.Value.Above / d.Value.Readings, 4)))]);
    }
}
