using LuohuIOC.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LuohuIOC.Alerts;

public static class AlertsFeature
{
    public static WebApplicationBuilder AddAlerts(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => services.GetService<PostgresDatabase>() is { } shared
            ? new AlertDatabase(shared)
            : new AlertDatabase(Path.Combine(services.GetRequiredService<IConfiguration>()["DataDirectory"] ?? "./data", "alerts.db")));
        builder.Services.AddSingleton<AlertMeters>();
        builder.Services.AddSingleton<AlertBoard>();
        builder.Services.AddSingleton<IOpenAlerts>(services => services.GetRequiredService<AlertBoard>());
        builder.Services.AddSingleton<AlertChain>();
        builder.Services.AddSingleton<AlertQueries>();
        builder.Services.AddSingleton<IAlertPast>(services => services.GetRequiredService<AlertQueries>());
        builder.Services.AddSingleton<AlertStore>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AlertStore>());
        builder.Services.AddHostedService<AlertExpiry>();
        builder.Services.AddHostedService<AlertSurvey>();
        return builder;
    }

    public static WebApplication MapAlerts(this WebApplication app)
    {
        AlertEndpoints.Map(app);
        return app;
    }
}
