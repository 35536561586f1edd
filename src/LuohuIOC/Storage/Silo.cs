using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Serialization;
using Orleans.Storage;

namespace LuohuIOC.Storage;

/// <summary>
/// The Orleans silo in this process. Alone: its own membership, grain states and reminders in SQLite. With <c>Cluster:PostgreSql</c>: one
/// of several, with membership, grain states and reminders in the database that they share.
/// </summary>
public static class Silo
{
    /// <summary>Name of the one grain storage.</summary>
    public const string Grains = "grains";

    private const string Invariant = "Npgsql";

    public static void AddSilo(this WebApplicationBuilder builder)
    {
        var cluster = builder.Configuration.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new ClusterOptions();
        builder.Services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Hosts>();
        // The silo tells of every placement at Information; at Warning, that the collector is the one we chose, how long ago the machine
        // was booted, of a membership that ends with the process, of reminders that a failed start interrupts, of every look at a dead
        // host, and of each call that waits too long for a database that is away (megabytes a minute); that a host or the database has gone we say ourselves.
        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Polly", LogLevel.Critical)
            .AddFilter("Orleans.Messaging", LogLevel.Critical).AddFilter("Orleans.Runtime.CallbackData", LogLevel.Error)
            .AddFilter("Orleans.Runtime.SiloLifecycleSubject", LogLevel.Critical).AddFilter("Orleans.Runtime.ReminderService", LogLevel.Critical).AddFilter("Orleans.Runtime.MembershipService.SiloHealthMonitor", LogLevel.Error)
            .AddFilter("LuohuIOC.Wall.Neighbours.HostWall", LogLevel.Warning)
            .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error).AddFilter("Orleans.Runtime.MembershipService.MembershipTableManager", LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            if (cluster.IsShared) Share(silo, cluster);
            else Alone(silo, cluster);
            silo.AddReminders();
            if (cluster.Dashboard) silo.AddDashboard();
            // A sensor is one small object and is called for as long as it stands in the street.
            silo.Configure<GrainCollectionOptions>(o => o.CollectionAge = TimeSpan.FromDays(365));
        });
    }

    /// <summary>Orleans' own page about silos, grains and calls. A browser asks for a name, which is of no matter, and a password: an administrator's token.</summary>
    public static WebApplication MapDashboard(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ClusterOptions>>().Value.Dashboard)
            app.MapOrleansDashboard("/admin/orleans").RequireAuthorization("administrator").ExcludeFromDescription();
        return app;
    }

    private static void Alone(ISiloBuilder silo, ClusterOptions cluster)
    {
        silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort);
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            Grains, (s, _) => new GrainStates(new SqliteStates(s.GetRequiredService<IConfiguration>()), s.GetRequiredService<Serializer>(), s.GetRequiredService<ILogger<GrainStates>>()));
        silo.Services.AddSingleton<IReminderTable, SqliteReminderTable>();
    }

    private static void Share(ISiloBuilder silo, ClusterOptions cluster)
    {
        // Before the silo reads its statements from it. One host's connections, pooled, whoever opens them.
        var database = new PostgresDatabase(cluster.PostgreSql);
        database.Migrate("silos", PostgresDatabase.Script("silos.1"));
        silo.Services.AddSingleton(_ => database);
        silo.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        silo.Configure<Orleans.Configuration.ClusterOptions>(o => o.ClusterId = o.ServiceId = cluster.City);
        silo.ConfigureEndpoints(cluster.ResolveAddress(), cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: cluster.Address != "127.0.0.1");
        silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, database.ConnectionString));
        silo.UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = (Invariant, database.ConnectionString));
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            Grains, (s, _) => new GrainStates(new PostgresStates(database, cluster.City), s.GetRequiredService<Serializer>(), s.GetRequiredService<ILogger<GrainStates>>()));
        // An exception that a host cannot rebuild comes as one that says nothing of its cause, and a database that is away would look like a defect.
        silo.Services.Configure<ExceptionSerializationOptions>(o =>
        {
            o.SupportedNamespacePrefixes.Add("Npgsql");
            o.SupportedNamespacePrefixes.Add("LuohuIOC");
        });
        silo.Services.AddHostedService<Farewell>();
        silo.Configure<ClusterMembershipOptions>(o =>
        {
            // Orleans waits up to four times that for a host that answers slowly: on a busy machine one that lives is not called dead.
            o.ProbeTimeout = cluster.ProbeTimeout;
            o.NumMissedProbesLimit = 3;
            // The table is the truth when gossip about a death was lost.
            o.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            o.DefunctSiloExpiration = TimeSpan.FromDays(1);
        });
    }
}
