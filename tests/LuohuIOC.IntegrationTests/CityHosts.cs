using LuohuIOC.Tests;
using LuohuIOC.Tests.Storage;

namespace LuohuIOC.IntegrationTests;

/// <summary>Real hosts of one city, on a PostgreSQL server of their own.</summary>
internal sealed class CityHosts : IAsyncDisposable
{
    private readonly List<HostProcess> _hosts = [];

    public PostgresServer Database { get; } = new();

    public IReadOnlyList<HostProcess> Hosts => _hosts;

    /// <summary>Connection string of the city's own database.</summary>
    public string CityDatabase { get; private set; } = "";

    /// <summary>All at once, as a site's servers come back after the power: on an empty database that each of them finds to be made.</summary>
    /// <param name="count">How many hosts.</param>
    /// <param name="settings"><c>--Section:Key=value</c>, for each of them.</param>
    public async Task StartAsync(int count, params string[] settings)
    {
        await Database.StartAsync();
        CityDatabase = await Database.NewDatabaseAsync();
        for (var i = 0; i < count; i++) _hosts.Add(new HostProcess(null, [$"--Cluster:PostgreSql={CityDatabase}", $"--Cluster:SiloPort={Ports.Next()}", .. settings]));
        await Task.WhenAll(_hosts.Select(host => host.StartAsync()));
    }

    /// <summary>What each host has written last, for the message of a test that fails.</summary>
    public string Outputs() => string.Join('\n', _hosts.Select((h, i) => $"--- host {i}\n{string.Join('\n', h.Output.Split('\n').TakeLast(15))}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        await Database.DisposeAsync();
    }
}
