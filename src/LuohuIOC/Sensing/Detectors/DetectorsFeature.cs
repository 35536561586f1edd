using LuohuIOC.Alerts;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Detectors of single sensors: novelty of metrics, the chart and the trained models of stations, their thresholds and what the API says of them.</summary>
public static class DetectorsFeature
{
    public static WebApplicationBuilder AddDetectors(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var options = (configuration.GetSection("Detection:Train").Get<TrainingOptions>() ?? new TrainingOptions()).Checked();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton((configuration.GetSection("Detection:Alarm").Get<DetectionOptions>() ?? new DetectionOptions()).Checked());
        builder.Services.AddSingleton(provider =>
            ModelStore.Open(configuration["DataDirectory"] ?? "./data", provider.GetRequiredService<ILogger<ModelStore>>()));
        builder.Services.AddSingleton(provider =>
            new Thresholds(ModelStore.OpenFile(configuration["DataDirectory"] ?? "./data"), provider.GetRequiredService<DetectionOptions>()));
        builder.Services.AddSingleton<IMarkListener>(provider => provider.GetRequiredService<Thresholds>());
        builder.Services.AddSingleton((configuration.GetSection("Detection:Rain").Get<RainOptions>() ?? new RainOptions()).Checked());
        builder.Services.AddSingleton<RainBoard>();
        builder.Services.AddSingleton<GaugeMap>();
        builder.Services.AddSingleton<RainAround>();
        builder.Services.AddSingleton<StreamBoards>();
        builder.Services.AddSingleton<StationDetectors>();
        builder.Services.AddSingleton<SensorDetectors>();
        builder.Services.AddSingleton<StreamViews>();
        builder.Services.AddSingleton<StationTraining>();
        builder.Services.AddSingleton(provider =>
            new ProcessLoad(provider.GetRequiredService<TimeProvider>(), () => Environment.CpuUsage.TotalTime));
        builder.Services.AddSingleton<TrainingJob>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TrainingJob>());
        return builder;
    }

    public static WebApplication MapDetectors(this WebApplication app)
    {
        DetectorEndpoints.Map(app);
        return app;
    }
}
