using LuohuIOC.Detection;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>What the API tells of a sensor's detectors, as far as this host knows: its boards have what its own grains judge, its models are its own.</summary>
public sealed class DetectorViews(
    StationDetectors detectors, StreamViews streams, ModelStore<PcaModel, ModelEvaluation> store, TrainingJob job, TrainingOptions options)
{
    /// <summary>Null for kinds without a detector.</summary>
    public DetectorView? Of(Sensor sensor, string language)
    {
        var views = streams.Of(sensor, language);
        if (views.Count == 0) return null;
        return StationDetectors.Watches(sensor.Kind)
            ? ViewOf(sensor.Id, language, detectors.Of(sensor.Id), store, job.IsWaiting(ModelsDatabase.Anomaly.Name, sensor.Id), options) with { Streams = views }
            : StreamsAlone(sensor.Id, language, views);
    }

    private static DetectorView StreamsAlone(string sensorId, string language, IReadOnlyList<StreamView> views)
    {
        var state = views.All(v => v.State == "watching") ? "watching" : "warming-up";
        var text = (views.FirstOrDefault(v => v.State == state) ?? views[0]).StateText;
        return new DetectorView(sensorId, state, text, false, null, null, null, null, []) { Streams = views };
    }

    internal static DetectorView ViewOf(
        string sensorId, string language, Station station, ModelStore<PcaModel, ModelEvaluation> store, bool queued, TrainingOptions options)
    {
        var active = station.Active;
        var last = active is null ? null : station.LastOf(active.Version);
        var state = active is null ? "not-trained" : last?.Verdict switch
        {
            DetectorVerdict.Scored => "watching",
            DetectorVerdict.TooFewMetrics => "too-few-metrics",
            _ => "warming-up",
        };
        return new DetectorView(
            sensorId, state, TextBook.Get(language, $"detector.state.{state}"), queued, station.Attempt?.At,
            active is null || station.Attempt is not null ? Missing(language, station.Attempt, options) : null,
            active is null ? null : ModelView.Of(active),
            active is null || last is null ? null : JudgementView.Of(active.Model, last),
            store.Versions(sensorId));
    }

    private static MissingView Missing(string language, TrainingAttempt? attempt, TrainingOptions options)
    {
        if (attempt is null)
            return new MissingView("untried", null, null, TextBook.Get(language, "detector.missing.untried", options.MinimumReadings, options.MinimumSpan.TotalHours));
        if (attempt.Shortage is not { } shortage)
            return new MissingView("failed", null, null, TextBook.Get(language, "detector.missing.failed"));
        var code = shortage.Reason switch
        {
            ShortageReason.Readings => "readings",
            ShortageReason.Hours => "hours",
            ShortageReason.LiveMetrics => "live-metrics",
            _ => "windows",
        };
        var (have, need) = (Math.Round(shortage.Have, 1), Math.Round(shortage.Need, 1));
        var text = TextBook.Get(language, $"detector.missing.{code}", have, need);
        if (shortage.LeftOut > 0) text += TextBook.Get(language, "detector.missing.left-out", shortage.LeftOut);
        return new MissingView(code, have, need, text) { LeftOut = shortage.LeftOut };
    }
}
