using LuohuIOC.Alerts;
using LuohuIOC.Sensing.Detectors.Nowcast;

namespace LuohuIOC.Sensing.Witnesses;

/// <summary>What neighbours, rain and the past say of an alert.</summary>
public static class WitnessFeature
{
    public static WebApplicationBuilder AddWitnesses(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton((builder.Configuration.GetSection("Sensing:Witnesses").Get<WitnessOptions>() ?? new WitnessOptions()).Checked());
        builder.Services.AddSingleton<TrendBook>();
        // An hour of the weather: a simulated city may run faster than its clocks.
        builder.Services.AddSingleton(s => ActivatorUtilities.CreateInstance<RainNearby>(s, TimeSpan.FromMilliseconds(60.0 * s.GetRequiredService<NowcastSettings>().MinuteMs)));
        builder.Services.AddSingleton<IWitnesses, WitnessLook>();
        builder.Services.AddHostedService<TrendWatch>();
        return builder;
    }
}
