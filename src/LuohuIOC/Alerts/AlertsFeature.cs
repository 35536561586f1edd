namespace LuohuIOC.Alerts;

public static class AlertsFeature
{
    public static WebApplicationBuilder AddAlerts(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapAlerts(this WebApplication app)
    {
        return app;
    }
}
