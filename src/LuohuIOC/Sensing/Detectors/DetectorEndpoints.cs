using LuohuIOC.Detection;
using LuohuIOC.Http;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>What the API tells of a station's detector, and the two things that an administrator may ask of it.</summary>
internal static class DetectorEndpoints
{
    public static void Map(WebApplication app)
    {
        var detector = app.MapGroup("/api/v1/sensors/{id}/detector").WithTags("Detectors");
        detector.MapGet("", Get).RequireAuthorization("viewer").WithSummary("The sensor's detectors: warming up or watching, last judgement, threshold and its history; for a station its model too");
        detector.MapPost("/train", Train).RequireAuthorization("administrator").WithSummary("Queue a training now; also ends the pin of a rollback");
        detector.MapPost("/rollback", Rollback).RequireAuthorization("administrator").WithSummary("Go back to the version before and keep it until somebody asks for a training");
    }

    internal static IResult Get(
        HttpContext context, string id, SensorRegistry registry, StationDetectors detectors, StreamViews streams, ModelStore<PcaModel, ModelEvaluation> store, TrainingJob job,
        TrainingOptions options)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        var language = TextBook.LanguageOf(context.Request);
        var views = streams.Of(sensor, language);
        if (views.Count == 0) return Problem.Of(context, 404, "detector-none", id);
        return Results.Ok(StationDetectors.Watches(sensor.Kind)
            ? ViewOf(sensor.Id, language, detectors.Of(sensor.Id), store, job.IsWaiting(ModelsDatabase.Anomaly.Name, sensor.Id), options) with { Streams = views }
            : StreamsAlone(sensor.Id, language, views));
    }

    private static DetectorView StreamsAlone(string sensorId, string language, IReadOnlyList<StreamView> views)
    {
        var state = views.All(v => v.State == "watching") ? "watching" : "warming-up";
        return new DetectorView(sensorId, state, TextBook.Get(language, $"detector.state.{state}"), false, null, null, null, null, []) { Streams = views };
    }

    internal static IResult Train(HttpContext context, string id, SensorRegistry registry, TrainingJob job)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!StationDetectors.Watches(sensor.Kind)) return Problem.Of(context, 404, "detector-untrained", id);
        if (sensor.RetiredAt is not null) return Problem.Of(context, 409, "detector-retired", id);
        job.Request(ModelsDatabase.Anomaly.Name, sensor.Id);
        return Results.Accepted($"/api/v1/sensors/{Uri.EscapeDataString(sensor.Id)}/detector");
    }

    internal static IResult Rollback(
        HttpContext context, string id, SensorRegistry registry, StationDetectors detectors, StreamViews streams, ModelStore<PcaModel, ModelEvaluation> store, TrainingJob job,
        TrainingOptions options)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!StationDetectors.Watches(sensor.Kind)) return Problem.Of(context, 404, "detector-untrained", id);
        if (!detectors.Rollback(sensor.Id)) return Problem.Of(context, 409, "detector-no-earlier", id);
        return Get(context, id, registry, detectors, streams, store, job, options);
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
            active is null ? Missing(language, station.Attempt, options) : null,
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
        return new MissingView(code, have, need, TextBook.Get(language, $"detector.missing.{code}", have, need));
    }
}
