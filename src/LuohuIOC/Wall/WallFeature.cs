using LuohuIOC.Http;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LuohuIOC.Wall;

public static class WallFeature
{
    public static WebApplicationBuilder AddWall(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<WallOptions>().BindConfiguration(WallOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<WallMeters>();
        builder.Services.AddSingleton<WallRoom>();
        builder.Services.AddSingleton<City>();
        builder.Services.AddSingleton<HubLifetimeManager<WallHub>, WallLifetime>();
        builder.Services.AddSignalR().AddJsonProtocol(json => HttpJson.Configure(json.PayloadSerializerOptions)).AddMessagePackProtocol();
        builder.Services.AddHostedService<WallTicker>();
        return builder;
    }

    public static WebApplication MapWall(this WebApplication app)
    {
        app.MapHub<WallHub>("/hubs/wall", options => options.CloseOnAuthenticationExpiration = true).RequireAuthorization("viewer");
        app.MapGet("/api/v1/city", (HttpContext context, City city) => city.Snapshot(TextBook.LanguageOf(context.Request)))
            .RequireAuthorization("viewer").WithTags("city").Produces<CitySnapshot>();
        WallPage.Map(app);
        return app;
    }
}
