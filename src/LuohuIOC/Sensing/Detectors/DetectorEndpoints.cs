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
        detector.MapGet("", Get).RequireAuthorization("viewer").WithSummary("The station's detector: not trained and what is missing, or its model and last judgement");
        detector.MapPost("/train", Train).RequireAuthorization("administrator").WithSummary("Queue a training now; also ends the pin of a rollback");
        detector.MapPost("/rollback", Rollback).RequireAuthorization("administrator").WithSummary("Go back to the version before and keep it until somebody asks for a training");
    }

    internal static IResult Get(
        HttpContext context, string id, SensorRegistry registry, StationDetectors detectors, ModelStore store, TrainingJob job, TrainingOptions options)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!StationDetectors.Watches(sensor.Kind)) return Problem.Of(context, 404, "detector-none", id);
        return Results.Ok(ViewOf(sensor.Id, TextBook.LanguageOf(context.Request), detectors.Of(sensor.Id), store, job.IsWaiting(sensor.Id), options));
    }

    internal static IResult Train(HttpContext context, string id, SensorRegistry registry, TrainingJob job)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!StationDetectors.Watches(sensor.Kind)) return Problem.Of(context, 404, "detector-none", id);
        if (sensor.RetiredAt is not null) return Problem.Of(context, 409, "detector-retired", id);
        job.Request(sensor.Id);
        return Results.Accepted($"/api/v1/sensors/{Uri.EscapeDataString(sensor.Id)}/detector");
    }

    internal static IResult Rollback(
        HttpContext context, string id, SensorRegistry registry, StationDetectors detectors, ModelStore store, TrainingJob job, TrainingOptions options)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!StationDetectors.Watches(sensor.Kind)) return Problem.Of(context, 404, "detector-none", id);
        if (store.Rollback(sensor.Id) is not { } earlier) return Problem.Of(context, 409, "detector-no-earlier", id);
        detectors.Of(sensor.Id).Active = earlier;
        return Get(context, id, registry, detectors, store, job, options);
    }

    internal static DetectorView ViewOf(
        string sensorId, string language, Station station, ModelStore store, bool queued, TrainingOptions options)
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
