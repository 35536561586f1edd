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
        detector.MapGet("", Get).RequireAuthorization("viewer").WithSummary("The sensor's detectors: warming up or watching, last judgement, threshold and its history; for a station its model too")
            .Produces<DetectorView>().ProducesProblem(404);
        detector.MapPost("/train", Train).RequireAuthorization("administrator").WithSummary("Queue a training now; also ends the pin of a rollback")
            .Produces(202).ProducesProblem(404).ProducesProblem(409);
        detector.MapPost("/rollback", Rollback).RequireAuthorization("administrator").WithSummary("Go back to the version before and keep it until somebody asks for a training")
            .Produces<DetectorView>().ProducesProblem(404).ProducesProblem(409);
    }

    internal static async Task<IResult> Get(HttpContext context, string id, SensorRegistry registry, DetectorViews views, DetectorsAbroad abroad)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        var language = TextBook.LanguageOf(context.Request);
        if (views.Of(sensor, language) is not { } here) return Problem.Of(context, 404, "detector-none", id);
        return abroad.IsShared ? await abroad.Of(sensor, here, language) : Results.Ok(here);
    }

    internal static IResult Train(HttpContext context, string id, SensorRegistry registry, SensorDetectors detectors, TrainingJob job, TimeProvider time)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!StationDetectors.Watches(sensor.Kind)) return Untrained(context, sensor, detectors);
        if (sensor.IsRetired(time.GetUtcNow())) return Problem.Of(context, 409, "detector-retired", id);
        job.Request(ModelsDatabase.Anomaly.Name, sensor.Id);
        return Results.Accepted($"/api/v1/sensors/{Uri.EscapeDataString(sensor.Id)}/detector");
    }

    internal static IResult Rollback(HttpContext context, string id, SensorRegistry registry, SensorDetectors detectors, StationDetectors stations, DetectorViews views)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (!StationDetectors.Watches(sensor.Kind)) return Untrained(context, sensor, detectors);
        if (!stations.Rollback(sensor.Id)) return Problem.Of(context, 409, "detector-no-earlier", id);
        return views.Of(sensor, TextBook.LanguageOf(context.Request)) is { } view ? Results.Ok(view) : Problem.Of(context, 404, "detector-none", id);
    }

    // What learns from its readings alone has nothing to train; many kinds have no detector at all.
    private static IResult Untrained(HttpContext context, Sensor sensor, SensorDetectors detectors) =>
        Problem.Of(context, 404, detectors.RulesOf(sensor.Kind).Count == 0 ? "detector-none" : "detector-untrained", sensor.Id);
}
