using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>What a waterlogging point's depth or a pipe's level will be in 15, 30 and 60 minutes: <c>docs/NOWCAST.md</c>.</summary>
public static class NowcastFeature
{
    public static WebApplicationBuilder AddNowcast(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton((builder.Configuration.GetSection("Detection:Nowcast").Get<NowcastSettings>() ?? new NowcastSettings()).Checked());
        builder.Services.AddModels<NowcastModel, NowcastEvaluation>(ModelsDatabase.Nowcast);
        builder.Services.AddSingleton<NowcastModels>();
        builder.Services.AddSingleton<NowcastBoard>();
        builder.Services.AddSingleton<NowcastViews>();
        builder.Services.AddSingleton<ISensorTraining, NowcastLearning>();
        builder.Services.AddHostedService<NowcastWatch>();
        return builder;
    }

    public static WebApplication MapNowcast(this WebApplication app)
    {
        NowcastEndpoints.Map(app);
        return app;
    }
}
