using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Drain;

/// <summary>Section <c>Drain</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>
    /// How long a graceful stop waits for what was taken to be acknowledged, judged and in history. Beyond it the host stops all the same and the
    /// next start takes the rest from the journal. Saving the states comes after it and has <see cref="SaveMax"/>. Default 15 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Max { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long everything after the drain may take: states, alerts, files. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SaveMax { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>SIGTERM: what was taken goes its whole way before the host ends.</summary>
public static class DrainFeature
{
    public static WebApplicationBuilder AddDrain(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DrainOptions>().BindConfiguration("Drain").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<HostOptions>().Configure<Microsoft.Extensions.Options.IOptions<DrainOptions>>((host, drain) => host.ShutdownTimeout = drain.Value.Max + drain.Value.SaveMax);
        builder.Services.AddHostedService<StageDrain>();
        return builder;
    }
}
