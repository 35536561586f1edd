using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.IntegrationTests;

/// <summary>Two hosts on one PostgreSQL, which is away while one of them has an alert to tell and is killed.</summary>
public sealed class UntoldAlertTests : IAsyncLifetime
{
    private readonly CityHosts _city = new();

    public async ValueTask InitializeAsync() => await _city.StartAsync(2, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Cluster:ProbeTimeout=00:00:03");

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task What_a_killed_host_could_not_tell_stands_in_the_ledger_when_it_is_back()
    {
        var hosts = _city.Hosts;
        var smoke = (await SmokeDetector.SomeAsync(hosts[0], 1))[0];
        // Its own state is read from PostgreSQL, too: it must live before that is away.
        await smoke.GoesOnAsync(hosts[0], await smoke.SendAsync(hosts[0], false), _city.Outputs);
        await _city.Database.KillAsync();
        var alarmed = DateTimeOffset.UtcNow;
        await smoke.SendAsync(hosts[0], true);
        foreach (var host in hosts) await Wait.UntilAsync(async () => (await smoke.ShownAsync(host)).Count == 1, () => $"the first alert of a sensor on both walls; {_city.Outputs()}");
        await smoke.SendAsync(hosts[0], false);
        await Wait.UntilAsync(() => Untold() == 2, () => $"two changes that are kept, {Untold()} are; {_city.Outputs()}");
        await hosts[0].KillAsync();
        await _city.Database.StartAsync();

        // The sensor goes on by the other host, with nothing to tell any more.
        await smoke.GoesOnAsync(hosts[1], await smoke.SendAsync(hosts[1], false), _city.Outputs);
        Assert.Empty(await smoke.StoredAsync(hosts[1]));
        await hosts[0].StartAsync();
        await Wait.UntilAsync(async () => (await smoke.StoredAsync(hosts[1])).Count > 0, () => $"the alert in the ledger; {_city.Outputs()}");
        var alert = Assert.Single(await smoke.StoredAsync(hosts[1]));
        Assert.InRange(alert.GetProperty("raisedAt").GetDateTimeOffset(), alarmed.AddSeconds(-1), alarmed.AddSeconds(60));
        Assert.NotEqual(JsonValueKind.Null, alert.GetProperty("clearedAt").ValueKind);
        await Wait.UntilAsync(() => Untold() == 0, () => $"nothing to be kept any more, {Untold()} are");
        Assert.True((await hosts[1].GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
    }

    private long Untold()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_city.Hosts[0].Data, "untold.db")};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM untold";
        return (long)command.ExecuteScalar()!;
    }
}
