using LuohuIOC.Registry.District;
using LuohuIOC.Storage;
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
        builder.Services.AddSingleton(services =>
        {
            var path = Path.Combine(services.GetRequiredService<IConfiguration>()["DataDirectory"] ?? "./data", "registry.db");
            var options = services.GetRequiredService<IOptions<RegistryOptions>>().Value;
            var (registry, shared) = Open(path, options, services.GetService<PostgresDatabase>());
            return new RegistryChanges(registry, shared, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RegistryChanges>>());
        });
        builder.Services.AddSingleton(services => services.GetRequiredService<RegistryChanges>().Registry);
        builder.Services.AddHostedService(services => services.GetRequiredService<RegistryChanges>());
        builder.Services.AddHostedService<RegistryWriteBehind>();
        return builder;
    }

    public static WebApplication MapRegistry(this WebApplication app)
    {
        SensorEndpoints.Map(app);
        DistrictEndpoints.Map(app);
        return app;
    }

    /// <summary>Opens the registry and, when it has no sensor at all, begins it with the chosen district; of several hosts the first one does.</summary>
    internal static (SensorRegistry Registry, SharedSensors? Shared) Open(string path, RegistryOptions options, PostgresDatabase? database = null)
    {
        var registry = new SensorRegistry(new RegistryFile(path), options.SensorsMax);
        var shared = database is null ? null : new SharedSensors(database, registry);
        if (shared is not null) shared.JoinAsync(() => Begin(registry, options)).GetAwaiter().GetResult();
        else if (registry.Count == 0) Begin(registry, options);
        registry.FlushAsync().GetAwaiter().GetResult();
        return (registry, shared);
    }

    private static void Begin(SensorRegistry registry, RegistryOptions options)
    {
        if (options.District != DistrictChoice.Luohu) return;
        var outcome = registry.Apply(LuohuDistrict.Generate(options.Counts));
        if (outcome.Refused.Count > 0)
            throw new InvalidOperationException($"The default district refuses itself: {outcome.Refused[0]}");
    }
}
