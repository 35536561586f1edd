using LuohuIOC.Http;
using LuohuIOC.Texts;
using LuohuIOC.Wall.Neighbours;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Wall;

public static class WallFeature
{
    /// <summary>Time between two pings of the host: a wall that hears nothing for 12 s takes the link for lost (<c>link/hub.ts</c>).</summary>
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder AddWall(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<WallOptions>().BindConfiguration(WallOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<WallMeters>();
        builder.Services.AddSingleton<WallRoom>();
        builder.Services.AddSingleton<City>();
        builder.Services.AddSingleton<HubLifetimeManager<WallHub>, WallLifetime>();
        builder.Services.AddSignalR(hub => hub.KeepAliveInterval = PingEvery).AddJsonProtocol(json => HttpJson.Configure(json.PayloadSerializerOptions)).AddMessagePackProtocol();
        builder.Services.AddHostedService<WallTicker>();
        if (builder.Configuration["Cluster:PostgreSql"] is { Length: > 0 })
        {
            builder.Services.AddGrainService<HostWall>();
            builder.Services.AddSingleton<HostWalls>();
            builder.Services.AddHostedService<CityShare>();
        }
        builder.Services.AddSingleton<BaseMap>();
        builder.Services.AddHttpClient(BaseMap.ClientName, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(10);
            client.MaxResponseContentBufferSize = BaseMap.TileBytesMax;
        }).RemoveAllLoggers();
        return builder;
    }

    public static WebApplication MapWall(this WebApplication app)
    {
        app.MapHub<WallHub>("/hubs/wall", options => options.CloseOnAuthenticationExpiration = true).RequireAuthorization("viewer");
        app.MapGet("/api/v1/city", (HttpContext context, City city) => city.Snapshot(TextBook.LanguageOf(context.Request)))
            .RequireAuthorization("viewer").WithTags("city").Produces<CitySnapshot>();
        var wall = app.MapGroup("/api/v1/wall").RequireAuthorization("viewer").WithTags("city");
        wall.MapGet("/settings", (IOptions<WallOptions> options) => WallSettings.Of(options.Value)).WithName("GetWallSettings");
        wall.MapGet("/load", (WallRoom room) => WallLoad.Of(room)).WithName("GetWallLoad");
        wall.MapGet("/tiles/{layer:int}/{z:int}/{x:int}/{y:int}", (HttpContext context, BaseMap map, int layer, int z, int x, int y) => map.TileAsync(context, layer, z, x, y))
            .ExcludeFromDescription();
        WallPages.Map(app);
        return app;
    }
}
