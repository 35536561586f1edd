using LuohuIOC.Ingestion.Sparkplug;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Gateways;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Sensing.Listening;
using LuohuIOC.Sensing.Rules;
using LuohuIOC.Sensing.Witnesses;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing;

public static class SensingFeature
{
    public static WebApplicationBuilder AddSensing(this WebApplicationBuilder builder)
    {
        // First, so that it stops after those who call grains: what is added last stops first.
        builder.AddSilo();
        var services = builder.Services;
        services.AddOptions<SensingOptions>().BindConfiguration("Sensing").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LatestBoard>();
        services.AddSingleton<DueBoard>();
        services.AddSingleton<JournalIdentity>();
        services.AddSingleton<SensorCalls>();
        services.AddSingleton<LostReadings>();
        services.AddSingleton<HostListening>();
        services.AddSingleton<AwayGateways>();
        services.AddRules();
        services.AddSingleton<SiloStarted>();
        services.AddSingleton<SensorDispatcher>();
        services.AddSingleton<KnownSensors>();
        services.AddSingleton<SensorUpkeep>();
        services.AddSingleton<UntoldAlerts>();
        services.AddHostedService(s => s.GetRequiredService<LostReadings>());
        services.AddHostedService(s => s.GetRequiredService<SensorDispatcher>());
        services.AddHostedService(s => s.GetRequiredService<SensorUpkeep>());
        services.AddHostedService(s => s.GetRequiredService<UntoldAlerts>());
        services.AddHostedService<GatewayWatch>();
        services.AddHostedService<ListeningUpkeep>();
        builder.AddDetectors();
        builder.AddNowcast();
        builder.AddSensorHealth();
        builder.AddWitnesses();
        return builder;
    }

    public static WebApplication MapSensing(this WebApplication app)
    {
        var (board, registry) = (app.Services.GetRequiredService<LatestBoard>(), app.Services.GetRequiredService<SensorRegistry>());
        app.Services.GetRequiredService<SparkplugHost>().LivenessChanged = (id, alive) =>
        {
            if (registry.TryFind(id, out var sensor)) board.SetStale(sensor.Number, !alive);
        };
        app.MapRules();
        app.MapDetectors();
        app.MapNowcast();
        app.MapSensorHealth();
        return app;
    }
}
