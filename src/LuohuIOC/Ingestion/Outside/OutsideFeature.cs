using LuohuIOC.Ingestion.Sparkplug;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Outside;

internal static class OutsideFeature
{
    public static void AddOutside(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<OutsideOptions>().BindConfiguration("Mqtt:Outside")
            .PostConfigure<IConfiguration>((outside, configuration) => outside.Url = UrlOf(outside.Url, configuration["Mqtt:External"])).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<OutsideOptions>, OutsideOptionsCheck>();
        services.AddSingleton<OutsideSetup>();
        services.AddSingleton<OutsideLink>();
        services.AddSingleton<OutsideBroker>();
        services.AddHostedService(s => s.GetRequiredService<OutsideBroker>());
        services.AddHealthChecks().AddCheck<OutsideHealth>("outside-broker");
    }

    public static void MapOutsideBroker(this WebApplication app)
    {
        app.MapOutside();
        var setup = app.Services.GetRequiredService<OutsideSetup>();
        var sparkplug = app.Services.GetRequiredService<SparkplugHost>();
        if (!setup.Options.IsOn) return;
        // A node may be at either broker.
        var (broker, embedded) = (app.Services.GetRequiredService<OutsideBroker>(), sparkplug.Publish);
        sparkplug.Publish = message => Task.WhenAll(
            embedded?.Invoke(message) ?? Task.CompletedTask, broker.TakesSparkplug ? broker.Link.PublishAsync(message, CancellationToken.None) : Task.CompletedTask);
    }

    // Mqtt:External=10.1.2.3:1883 >> mqtt://10.1.2.3:1883
    private static string UrlOf(string url, string? external) =>
        url.Length > 0 || string.IsNullOrEmpty(external) ? url : external.Contains("://", StringComparison.Ordinal) ? external : $"mqtt://{external}";

    private sealed class OutsideOptionsCheck : IValidateOptions<OutsideOptions>
    {
        public ValidateOptionsResult Validate(string? name, OutsideOptions options) =>
            options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
