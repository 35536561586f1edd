using LuohuIOC.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Xunit;

namespace LuohuIOC.Tests.Storage;

[CollectionDefinition(Collection)]
public sealed class SharedPostgres : ICollectionFixture<SharedPostgres>, IAsyncLifetime
{
    public const string Collection = "postgres";

    public PostgresServer Server { get; } = new();

    public async ValueTask InitializeAsync() => await Server.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>A silo as the product makes it, with its grain storage and its reminders; it can be stopped and started again.</summary>
public sealed class StoreSite : IAsyncDisposable
{
    private readonly List<string> _settings;
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-store-").FullName;
    private WebApplication? _app;

    /// <param name="postgres">Connection string, empty for SQLite.</param>
    public StoreSite(string postgres)
    {
        _settings = [$"--DataDirectory={_folder}", $"--Cluster:PostgreSql={postgres}", $"--Cluster:SiloPort={Ports.Next()}"];
    }

    /// <summary>The host's command line.</summary>
    public IReadOnlyList<string> Settings => _settings;

    public IGrainStorage Grains => _app!.Services.GetRequiredKeyedService<IGrainStorage>(LuohuIOC.Storage.Silo.Grains);

    public IReminderTable Reminders => _app!.Services.GetRequiredService<IReminderTable>();

    public async Task StartAsync() => _app = await StartAsync([.. _settings]);

    public static async Task<WebApplication> StartAsync(string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddSilo();
        var app = builder.Build();
        await app.StartAsync();
        return app;
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
