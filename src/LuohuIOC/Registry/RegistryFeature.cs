namespace LuohuIOC.Registry;

public static class RegistryFeature
{
    public static WebApplicationBuilder AddRegistry(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapRegistry(this WebApplication app)
    {
        return app;
    }
}
