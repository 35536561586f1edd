using LuohuIOC.History.DuckDb;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Storage;

namespace LuohuIOC.Backup;

/// <summary>A node's data directory: one host at a time, copied while it works, put back elsewhere.</summary>
public static class BackupFeature
{
    /// <summary>First of all AddX: nobody may touch the folder's files before it is this host's.</summary>
    public static WebApplicationBuilder AddBackup(this WebApplicationBuilder builder)
    {
        var folder = DataFolder.Claim(IdentityFile.DataDirectoryOf(builder.Configuration));
        NodeSnapshot.Clean(folder.Path);
        // By a factory, so that the container disposes it, and last: what is made first goes last.
        builder.Services.AddSingleton(_ => folder);
        builder.Services.AddSingleton<INodeStores>(s => new RunningNode(
            s.GetRequiredService<PublishJournal>(), s.GetRequiredService<SensorDispatcher>(), s.GetRequiredService<SensorRegistry>(),
            s.GetService<DuckDbHistory>(), s.GetRequiredService<TimeProvider>()));
        return builder;
    }

    /// <summary>Behind authentication, which <c>MapIdentity</c> brings.</summary>
    public static WebApplication MapBackup(this WebApplication app)
    {
        var (folder, note) = (app.Services.GetRequiredService<DataFolder>(), NodeNote.Of(app.Configuration));
        app.Lifetime.ApplicationStarted.Register(() => Announce(folder, note, app.Logger));
        BackupEndpoint.Map(app, note.Elsewhere);
        return app;
    }

    // A host on a full disk works on; only its backup must then be asked for by hand.
    private static void Announce(DataFolder folder, NodeNote note, ILogger log)
    {
        try
        {
            folder.Announce(note.ToJson());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("./ioc backup will not find this host: {Cause}", e.Message);
        }
    }
}
