using Orleans.Configuration;
using Orleans.Storage;

namespace LuohuIOC.Storage;

/// <summary>The Orleans silo of the embedded default: one process, its own membership, grain state in SQLite.</summary>
public static class Silo
{
    public static void AddSilo(this WebApplicationBuilder builder)
    {
        builder.Services.AddKeyedSingleton<IGrainStorage, SqliteGrainStorage>("grains");
        builder.Services.AddSingleton(s => (SqliteGrainStorage)s.GetRequiredKeyedService<IGrainStorage>("grains"));
        // The silo tells of every placement at Information; at Warning, that the collector is the one we chose, how long ago the machine
        // was booted, and of a membership that ends with the process.
        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Polly", LogLevel.Error)
            .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error).AddFilter("Orleans.Runtime.MembershipService.MembershipTableManager", LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                builder.Configuration.GetValue("Cluster:SiloPort", 11111), builder.Configuration.GetValue("Cluster:GatewayPort", 0));
            // A sensor is one small object and is called for as long as it stands in the street.
            silo.Configure<GrainCollectionOptions>(o => o.CollectionAge = TimeSpan.FromDays(365));
        });
    }
}
