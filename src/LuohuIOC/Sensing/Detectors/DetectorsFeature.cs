using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Detectors of single sensors: novelty of metrics, the chart and the trained models of stations, their thresholds and what the API says of them.</summary>
public static class DetectorsFeature
{
    private const string ModelsKey = "models.db";

    public static WebApplicationBuilder AddDetectors(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var options = (configuration.GetSection("Detection:Train").Get<TrainingOptions>() ?? new TrainingOptions()).Checked();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton((configuration.GetSection("Detection:Alarm").Get<DetectionOptions>() ?? new DetectionOptions()).Checked());
        builder.Services.AddKeyedSingleton(ModelsKey, (_, _) => ModelsDatabase.Open(configuration["DataDirectory"] ?? "./data"));
        builder.Services.AddModels<PcaModel, ModelEvaluation>(ModelsDatabase.Anomaly);
        builder.Services.AddSingleton(provider =>
        {
            var (own, alarm) = (provider.GetRequiredKeyedService<SqliteFile>(ModelsKey), provider.GetRequiredService<DetectionOptions>());
            return provider.GetService<PostgresDatabase>() is { } shared ? new Thresholds(shared, own, alarm) : new Thresholds(own, alarm);
        });
        builder.Services.AddSingleton<IMarkListener>(provider => provider.GetRequiredService<Thresholds>());
        builder.Services.AddSingleton((configuration.GetSection("Detection:Rain").Get<RainOptions>() ?? new RainOptions()).Checked());
        builder.Services.AddSingleton<RainBoard>();
        builder.Services.AddSingleton<GaugeMap>();
        builder.Services.AddSingleton<RainAround>();
        builder.Services.AddSingleton<StreamBoards>();
        builder.Services.AddSingleton<StationDetectors>();
        builder.Services.AddSingleton<SensorDetectors>();
        builder.Services.AddSingleton<StreamViews>();
        builder.Services.AddSingleton<DetectorViews>();
        builder.Services.AddSingleton<DetectorsAbroad>();
        builder.Services.AddSingleton<ISensorTraining, StationTraining>();
        builder.Services.AddSingleton(provider =>
            new ProcessLoad(provider.GetRequiredService<TimeProvider>(), () => Environment.CpuUsage.TotalTime));
        builder.Services.AddSingleton<TrainingJob>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TrainingJob>());
        return builder;
    }

    /// <summary>A store of models of one task in <c>models.db</c>.</summary>
    internal static void AddModels<TModel, TEvaluation>(this IServiceCollection services, ModelTask<TModel> task)
        where TModel : class
        where TEvaluation : class =>
        services.AddSingleton(provider => new ModelStore<TModel, TEvaluation>(
            provider.GetRequiredKeyedService<SqliteFile>(ModelsKey), task, provider.GetRequiredService<ILoggerFactory>().CreateLogger("LuohuIOC.Sensing.Detectors.Models")));

    public static WebApplication MapDetectors(this WebApplication app)
    {
        DetectorEndpoints.Map(app);
        return app;
    }
}
