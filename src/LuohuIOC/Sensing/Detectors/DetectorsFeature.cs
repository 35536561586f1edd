namespace LuohuIOC.Sensing.Detectors;

/// <summary>Learned detectors of stations with several metrics: models, their training and what the API says of them.</summary>
public static class DetectorsFeature
{
    public static WebApplicationBuilder AddDetectors(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var options = (configuration.GetSection("Detection:Train").Get<TrainingOptions>() ?? new TrainingOptions()).Checked();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(provider =>
            ModelStore.Open(configuration["DataDirectory"] ?? "./data", provider.GetRequiredService<ILogger<ModelStore>>()));
        builder.Services.AddSingleton<StationDetectors>();
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
