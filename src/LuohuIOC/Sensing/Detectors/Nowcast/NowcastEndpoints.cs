using LuohuIOC.Http;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>Forecasts over HTTP, and the two things that an administrator may ask of a station's model.</summary>
internal static class NowcastEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/nowcasts", (HttpContext context, NowcastViews views) => views.All(TextBook.LanguageOf(context.Request)))
            .RequireAuthorization("viewer").WithTags("Nowcasts").Produces<NowcastPage>();
        var nowcast = app.MapGroup("/api/v1/sensors/{id}/nowcast").WithTags("Nowcasts");
        nowcast.MapGet("", Get).RequireAuthorization("viewer").Produces<NowcastView>().ProducesProblem(404);
        nowcast.MapPost("/train", Train).RequireAuthorization("administrator").Produces(202).ProducesProblem(404).ProducesProblem(409);
        nowcast.MapPost("/rollback", Rollback).RequireAuthorization("administrator").Produces<NowcastView>().ProducesProblem(404).ProducesProblem(409);
    }

    private static IResult Get(HttpContext context, string id, SensorRegistry registry, NowcastViews views)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        return views.Of(sensor, TextBook.LanguageOf(context.Request)) is { } view ? Results.Ok(view) : Problem.Of(context, 404, "nowcast-none", id);
    }

    private static IResult Train(HttpContext context, string id, SensorRegistry registry, TrainingJob job, TimeProvider time)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (NowcastMap.MetricOf(sensor.Kind) is null) return Problem.Of(context, 404, "nowcast-none", id);
        if (sensor.IsRetired(time.GetUtcNow())) return Problem.Of(context, 409, "detector-retired", id);
        job.Request(ModelsDatabase.Nowcast.Name, sensor.Id);
        return Results.Accepted($"/api/v1/sensors/{Uri.EscapeDataString(sensor.Id)}/nowcast");
    }

    private static IResult Rollback(HttpContext context, string id, SensorRegistry registry, NowcastModels models, NowcastViews views)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        if (NowcastMap.MetricOf(sensor.Kind) is null) return Problem.Of(context, 404, "nowcast-none", id);
        return models.Rollback(sensor.Id) ? Get(context, id, registry, views) : Problem.Of(context, 409, "detector-no-earlier", id);
    }
}
