using System.Text.Json;
using LuohuIOC.Tests;
using Microsoft.Data.Sqlite;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>Two hosts on one PostgreSQL, which is away while one of them has an alert to tell and is killed.</summary>
public sealed class UntoldAlertTests : IAsyncLifetime
{
    private readonly CityHosts _city = new();

    public async ValueTask InitializeAsync() => await _city.StartAsync(2, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true");

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task What_a_killed_host_could_not_tell_stands_in_the_ledger_when_it_is_back()
    {
        var sensor = (await _city.Hosts[0].GetAsync("sensors?kind=smoke&limit=1")).GetProperty("items")[0];
        var (id, gateway) = (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);
        var sequence = 0;
        // Its own state is read from PostgreSQL, too: it must live before that is away.
        await GoesOnAsync(_city.Hosts[0], await SendAsync(_city.Hosts[0], false));
        await _city.Database.KillAsync();
        var alarmed = DateTimeOffset.UtcNow;
        await SendAsync(_city.Hosts[0], true);
        foreach (var host in _city.Hosts) await Wait.UntilAsync(async () => (await ShownAsync(host)).Count == 1, () => $"the first alert of a sensor on both walls; {Outputs()}");
        await SendAsync(_city.Hosts[0], false);
        await Wait.UntilAsync(() => Untold() == 2, () => $"two changes that are kept, {Untold()} are; {Outputs()}");
        await _city.Hosts[0].KillAsync();
        await _city.Database.StartAsync();

        // The sensor goes on by the other host, with nothing to tell any more.
        await GoesOnAsync(_city.Hosts[1], await SendAsync(_city.Hosts[1], false));
        Assert.Empty(await StoredAsync());
        await _city.Hosts[0].StartAsync();
        await Wait.UntilAsync(async () => (await StoredAsync()).Count > 0, () => $"the alert in the ledger; {Outputs()}");
        var alert = Assert.Single(await StoredAsync());
        Assert.InRange(alert.GetProperty("raisedAt").GetDateTimeOffset(), alarmed.AddSeconds(-1), alarmed.AddSeconds(60));
        Assert.NotEqual(JsonValueKind.Null, alert.GetProperty("clearedAt").ValueKind);
        await Wait.UntilAsync(() => Untold() == 0, () => $"nothing to be kept any more, {Untold()} are");
        Assert.True((await _city.Hosts[1].GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());

        async Task<long> SendAsync(HostProcess host, bool alarm)
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId($"{Guid.NewGuid():N}").Build());
            var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            await client.PublishStringAsync(
                $"luohu/v1/{gateway}/{id}/telemetry", $$$"""{"ts":{{{time}}},"seq":{{{++sequence}}},"values":{"alarm":{{{(alarm ? 1 : 0)}}}}}""", MqttQualityOfServiceLevel.AtLeastOnce);
            return time;
        }

        Task GoesOnAsync(HostProcess host, long time) => Wait.UntilAsync(
            async () => (await host.GetAsync("city")).GetProperty("readings").EnumerateArray()
                .Any(r => r.GetProperty("sensorId").GetString() == id && r.GetRawText().Contains($"{time}", StringComparison.Ordinal)),
            () => $"the sensor to show its reading of {time}; {Outputs()}", TimeSpan.FromMinutes(3));

        async Task<List<JsonElement>> ShownAsync(HostProcess host) => Of((await host.GetAsync("city")).GetProperty("alerts"));

        async Task<List<JsonElement>> StoredAsync() => Of((await _city.Hosts[1].GetAsync($"alerts?sensor={id}")).GetProperty("items"));

        List<JsonElement> Of(JsonElement alerts) => [.. alerts.EnumerateArray().Where(a => a.GetProperty("sensorId").GetString() == id)];
    }

    private long Untold()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_city.Hosts[0].Data, "untold.db")};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM untold";
        return (long)command.ExecuteScalar()!;
    }

    private string Outputs() => string.Join('\n', _city.Hosts.Select((h, i) => $"--- host {i}\n{string.Join('\n', h.Output.Split('\n').TakeLast(15))}"));
}
