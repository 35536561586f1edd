using LuohuIOC.Alerts;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Tests.Alerts;

/// <summary>An alert store on a file of its own, or on what several hosts share, which can be stopped and opened again.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ioc-alerts-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<AlertBoard>().AddSingleton<AlertMeters>().BuildServiceProvider();

    private readonly PostgresDatabase? _shared;

    public StoreFixture(PostgresDatabase? shared = null)
    {
        _shared = shared;
        (Database, Store) = Open();
    }

    public AlertDatabase Database { get; private set; }

    public AlertStore Store { get; private set; }

    public AlertMeters Meters => _services.GetRequiredService<AlertMeters>();

    public CapturedLog Log { get; } = new();

    public AlertQueries Queries => new(Database);

    public AlertChain Chain => new(Database);

    public RuleWatch Watch { get; private set; } = new(Some.Rule);

    public async Task RestartAsync()
    {
        await Store.StoppedAsync(CancellationToken.None);
        (Database, Store) = Open();
    }

    /// <summary>Steps this fixture's watch and stores the step.</summary>
    public Task DoAsync(AlertCommand command, string sensor = "wl-001", DateTimeOffset? now = null)
    {
        var before = Watch.Open;
        var (watch, events, _) = AlertLifecycle.Step(Watch, command, now ?? Some.Now, TimeSpan.FromHours(24));
        Watch = watch;
        var alert = events.Aggregate(before, (current, happened) => happened.Apply(current));
        return Store.AppendAsync([new AlertSave(sensor, watch, events, events.Count > 0 ? alert : null)]);
    }

    /// <summary>Stores one freshly raised alert of a sensor of its own.</summary>
    public Task RaiseAsync(string sensor, Severity severity, int second)
    {
        var observe = new AlertCommand.Observe(Some.Subject(sensor), Some.Change(severity, second));
        var (watch, events, _) = AlertLifecycle.Step(new RuleWatch(Some.Rule), observe, Some.Now.AddSeconds(second), TimeSpan.FromHours(24));
        return Store.AppendAsync([new AlertSave(sensor, watch, events, watch.Open)]);
    }

    public void Execute(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.StoppedAsync(CancellationToken.None);
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    private (AlertDatabase, AlertStore) Open()
    {
        var database = _shared is not null ? new AlertDatabase(_shared) : new AlertDatabase(Path.Combine(_directory, "alerts.db"));
        using var logs = new LoggerFactory([Log]);
        var options = Options.Create(new AlertOptions { RetryFirst = TimeSpan.FromMilliseconds(5), ReadPatience = TimeSpan.FromMinutes(1) });
        var store = new AlertStore(database, Meters, options, TimeProvider.System, logs.CreateLogger<AlertStore>());
        store.StartingAsync(CancellationToken.None);
        return (database, store);
    }
}
