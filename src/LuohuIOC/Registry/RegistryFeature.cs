using LuohuIOC.Registry.District;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Registry;

public static class RegistryFeature
{
    public static WebApplicationBuilder AddRegistry(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RegistryOptions>().BindConfiguration(RegistryOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RegistryOptions>, RegistryOptionsCheck>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => Open(
            Path.Combine(services.GetRequiredService<IConfiguration>()["DataDirectory"] ?? "./data", "registry.db"),
            services.GetRequiredService<IOptions<RegistryOptions>>().Value));
        builder.Services.AddHostedService<RegistryWriteBehind>();
        return builder;
    }

    public static WebApplication MapRegistry(this WebApplication app)
    {
        SensorEndpoints.Map(app);
        DistrictEndpoints.Map(app);
        return app;
    }

    /// <summary>Opens the registry and, when it has no sensor at all, begins it with the chosen district.</summary>
    internal static SensorRegistry Open(string path, RegistryOptions options)
    {
        var registry = new SensorRegistry(new RegistryFile(path), options.SensorsMax);
        if (registry.Count > 0 || options.District != DistrictChoice.Luohu) return registry;
        var outcome = registry.Apply(LuohuDistrict.Generate(options.Counts));
        if (outcome.Refused.Count > 0)
            throw new InvalidOperationException($"The default district refuses itself: {outcome.Refused[0]}");
        registry.FlushAsync().GetAwaiter().GetResult();
        return registry;
    }
}
