using System.Text.Json;
using Npgsql;

namespace LuohuIOC.IntegrationTests;

/// <summary>Two hosts on one PostgreSQL: a sensor goes on at the second from a state in which the first, which was killed, had not saved its last alert.</summary>
public sealed class OlderStateTests : IAsyncLifetime
{
    private readonly CityHosts _city = new();

    // States are saved when a host stops or another one dies, and not between.
    public async ValueTask InitializeAsync() => await _city.StartAsync(2, "--Mqtt:AllowAnonymous=true", "--Sensing:SaveEvery=01:00:00", "--Cluster:ProbeTimeout=00:00:03");

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task What_a_dead_host_raised_the_next_ends_and_what_it_ended_or_could_only_show_is_raised_anew()
    {
        var (first, second) = (_city.Hosts[0], _city.Hosts[1]);
        var sensors = await SmokeDetector.SomeAsync(first, 3);
        var (quiet, alarmed, fresh) = (sensors[0], sensors[1], sensors[2]);
        await quiet.GoesOnAsync(first, await quiet.SendAsync(first, false), _city.Outputs);
        await alarmed.SendAsync(first, true);
        await HoldsAsync(alarmed, first, true);
        await first.StopAsync();
        await first.StartAsync();

        await quiet.SendAsync(first, true);
        await alarmed.SendAsync(first, false);
        foreach (var host in _city.Hosts)
        {
            await HoldsAsync(quiet, host, true);
            await HoldsAsync(alarmed, host, false);
        }
        await StoredAsync(quiet, 1);
        await using (var source = NpgsqlDataSource.Create(_city.CityDatabase + ";Pooling=false"))
        await using (var connection = await source.OpenConnectionAsync())
        {
            // Every wall shows the first alarm of a sensor of which no state was saved, and the ledger does not get it before its host dies.
            await using var transaction = await connection.BeginTransactionAsync();
            await ExecuteAsync(connection, "LOCK TABLE alert IN SHARE MODE");
            await fresh.SendAsync(first, true);
            foreach (var host in _city.Hosts) await HoldsAsync(fresh, host, true);
            await first.KillAsync();
            await ExecuteAsync(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
        }
        Assert.Empty(await fresh.StoredAsync(second));
        await fresh.SendAsync(second, true);
        await StoredAsync(fresh, 1);

        await quiet.SendAsync(second, false);
        await alarmed.SendAsync(second, true);
        await HoldsAsync(quiet, second, false);
        await HoldsAsync(alarmed, second, true);
        Assert.Single(await quiet.StoredAsync(second));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The wall shows an alert of the sensor that still holds, or none that does.</summary>
    private Task HoldsAsync(SmokeDetector sensor, HostProcess host, bool holds) => Wait.UntilAsync(
        async () => (await sensor.ShownAsync(host)).Any(a => a.GetProperty("clearedAt").ValueKind == JsonValueKind.Null) == holds,
        () => $"{sensor.Id} {(holds ? "to hold an alert" : "to hold none")}; {_city.Outputs()}");

    private Task StoredAsync(SmokeDetector sensor, int alerts) => Wait.UntilAsync(
        async () => (await sensor.StoredAsync(_city.Hosts[1])).Count == alerts, () => $"{alerts} alerts of {sensor.Id} in the ledger; {_city.Outputs()}");
}
