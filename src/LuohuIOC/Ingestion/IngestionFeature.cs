namespace LuohuIOC.Ingestion;

public static class IngestionFeature
{
    public static WebApplicationBuilder AddIngestion(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapIngestion(this WebApplication app)
    {
        return app;
    }
}
