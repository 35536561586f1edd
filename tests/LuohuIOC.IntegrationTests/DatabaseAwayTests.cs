using LuohuIOC.Http;
using LuohuIOC.Tests;
using LuohuIOC.Tests.Storage;

namespace LuohuIOC.IntegrationTests;

/// <summary>The database that the hosts share is away when a host begins or ends.</summary>
public sealed class DatabaseAwayTests
{
    private const string Second = "00:00:01";

    [Fact]
    public async Task A_host_starts_when_it_answers_says_so_when_not_and_ends_without_it()
    {
        await using var postgres = new PostgresServer();
        await postgres.StartAsync();
        await using var host = new HostProcess(
            null, $"--Cluster:PostgreSql={await postgres.NewDatabaseAsync()}", $"--Cluster:SiloPort={Ports.Next()}", "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true",
            $"--Drain:Max={Second}", $"--Drain:SaveMax={Second}");
        await host.StartAsync();
        Assert.Matches(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d info: ", host.Output);

        await postgres.KillAsync();
        // Without a bound of its own Orleans tries for two minutes to tell the database that the host goes.
        await host.StopAsync();
        host.Launch();
        Assert.True(await host.ExitAsync() == StartupErrors.ExitDatabase, host.Output);
        Assert.Contains("Cluster:PostgreSql", host.Output, StringComparison.Ordinal);
    }
}
