namespace LuohuIOC.Sensing;

public static class SensingFeature
{
    public static WebApplicationBuilder AddSensing(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapSensing(this WebApplication app)
    {
        return app;
    }
}
