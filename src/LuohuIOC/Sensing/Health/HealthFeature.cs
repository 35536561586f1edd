using LuohuIOC.Http;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Health;

/// <summary>Sensors compared with their neighbours, and their batteries.</summary>
public static class HealthFeature
{
    public static WebApplicationBuilder AddSensorHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton((builder.Configuration.GetSection("Sensing:Health").Get<HealthOptions>() ?? new HealthOptions()).Checked());
        builder.Services.AddSingleton<HealthBoard>();
        builder.Services.AddSingleton<HealthWatch>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<HealthWatch>());
        return builder;
    }

    public static WebApplication MapSensorHealth(this WebApplication app)
    {
        app.MapGet("/api/v1/sensors/{id}/health", Get).RequireAuthorization("viewer").WithTags("sensors").Produces<HealthView>().ProducesProblem(404);
        return app;
    }

    private static IResult Get(HttpContext context, string id, SensorRegistry registry, HealthWatch watch)
    {
        if (!registry.TryFind(id, out var sensor)) return Problem.Of(context, 404, "not-found", id);
        return watch.ViewOf(sensor, TextBook.LanguageOf(context.Request)) is { } view ? Results.Ok(view) : Problem.Of(context, 404, "health-none", id);
    }
}
