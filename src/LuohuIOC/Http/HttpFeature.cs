namespace LuohuIOC.Http;

public static class HttpFeature
{
    public static WebApplicationBuilder AddHttp(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapHttp(this WebApplication app)
    {
        return app;
    }
}
