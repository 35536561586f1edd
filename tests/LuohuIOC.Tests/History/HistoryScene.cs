using LuohuIOC.History;
using LuohuIOC.History.DuckDb;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using Xunit;

namespace LuohuIOC.Tests.History;

/// <summary>The embedded store.</summary>
internal sealed class HistoryScene : StoreScene
{
    public HistoryScene() => History = Open();

    public string File => Path.Combine(Folder, "history.duckdb");

    public DuckDbOptions Options { get; } = new();

    public DuckDbHistory History { get; private set; }

    public override IReadingHistory Store => History;

    public override IReadingQueries Queries => new DuckDbQueries(History);

    /// <summary>Stands for the registry's flush; a test may make it fail.</summary>
    public Func<CancellationToken, Task> FlushRegistry { get; set; } = _ => Task.CompletedTask;

    public override void Replace(Sensor sensor)
    {
        base.Replace(sensor);
        History.SensorChanged(sensor);
    }

    /// <summary>The transaction is torn down after its rows were appended.</summary>
    public override async Task FailAsync(List<ReadingGroup> groups)
    {
        foreach (var number in groups.SelectMany(g => g.Sensors[..g.Count]).Distinct()) Replace(this[number] with { Name = this[number].Name + "*" });
        FlushRegistry = _ => throw new IOException("No space left on device");
        try
        {
            await History.AppendAsync(groups, default);
        }
        catch (HistoryUnavailableException e)
        {
            Assert.Contains("make room", e.Message);
        }
        FlushRegistry = _ => Task.CompletedTask;
    }

    public override async Task RestartAsync()
    {
        await History.DisposeAsync();
        History = Open();
        await History.OpenAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks the file itself.</summary>
    public Task<T> ScalarAsync<T>(string sql, T none) =>
        History.QueryAsync((_, connection) => connection.Scalar(sql, none), TestContext.Current.CancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await History.DisposeAsync();
        await base.DisposeAsync();
    }

    private DuckDbHistory Open() => new(Folder, Options, n => this[n], c => FlushRegistry(c));
}
