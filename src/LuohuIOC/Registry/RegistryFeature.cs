namespace LuohuIOC.Registry;

public static class RegistryFeature
{
    public static WebApplicationBuilder AddRegistry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SensorRegistry>();
        return builder;
    }

    public static WebApplication MapRegistry(this WebApplication app)
    {
        return app;
    }
}
