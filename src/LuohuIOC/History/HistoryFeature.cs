namespace LuohuIOC.History;

public static class HistoryFeature
{
    public static WebApplicationBuilder AddHistory(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapHistory(this WebApplication app)
    {
        return app;
    }
}
