namespace LuohuIOC.Sensing.Health;

/// <summary>Sensors compared with their neighbours, and their batteries.</summary>
public static class HealthFeature
{
    public static WebApplicationBuilder AddSensorHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton((builder.Configuration.GetSection("Sensing:Health").Get<HealthOptions>() ?? new HealthOptions()).Checked());
        builder.Services.AddSingleton<HealthBoard>();
        builder.Services.AddHostedService<HealthWatch>();
        return builder;
    }
}
