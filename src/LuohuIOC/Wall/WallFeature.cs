namespace LuohuIOC.Wall;

public static class WallFeature
{
    public static WebApplicationBuilder AddWall(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapWall(this WebApplication app)
    {
        return app;
    }
}
