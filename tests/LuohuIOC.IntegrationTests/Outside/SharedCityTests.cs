using LuohuIOC.Tests.Storage;

namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>Two real hosts on one PostgreSQL share a mosquitto, each with a history of its own.</summary>
public sealed class SharedCityTests : IAsyncLifetime
{
    private readonly MosquittoServer _broker = new();
    private readonly PostgresServer _postgres = new();

    public async ValueTask InitializeAsync() => await Task.WhenAll(_broker.StartAsync(), _postgres.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task An_alarm_that_came_twice_by_two_hosts_is_one_alert_on_both()
    {
        var database = await _postgres.NewDatabaseAsync();
        await using var left = Host("left", database);
        await left.StartAsync();
        await using var right = Host("right", database);
        await right.StartAsync();
        await Task.WhenAll(OutsideBrokerTests.ServesAsync(left, 1), OutsideBrokerTests.ServesAsync(right, 1));
        var sensor = (await left.GetAsync("sensors?kind=smoke&limit=1")).GetProperty("items")[0];
        var (id, gateway) = (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);

        // mosquitto deals them out in turn: one for each host.
        using var client = await OutsideBrokerTests.GatewayAsync(_broker.Port, gateway);
        var alarm = $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"seq":1,"values":{"alarm":1}}""";
        for (var i = 0; i < 2; i++) await OutsideBrokerTests.SendAsync(client, $"luohu/v1/{gateway}/{id}/telemetry", alarm);
        foreach (var host in (HostProcess[])[left, right])
        {
            await Wait.UntilAsync(async () => await host.CountAsync() == 1, () => $"the reading in the history of each; output:\n{host.Output}");
            await Wait.UntilAsync(
                async () => (await host.GetAsync("city")).GetProperty("alerts").EnumerateArray().Any(a => a.GetProperty("sensorId").GetString() == id), () => $"the alert on each wall; output:\n{host.Output}");
        }
        // A cleared alarm is judged behind both, so what they led to is there by now.
        var cleared = $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"seq":2,"values":{"alarm":0}}""";
        await OutsideBrokerTests.SendAsync(client, $"luohu/v1/{gateway}/{id}/telemetry", cleared);
        await Wait.UntilAsync(async () => await left.CountAsync() + await right.CountAsync() == 3, () => "the last reading in a history");
        foreach (var host in (HostProcess[])[left, right])
            Assert.Equal(1, (await host.GetAsync("alerts?limit=100")).GetProperty("items").GetArrayLength());
    }

    private HostProcess Host(string name, string database) =>
        new(null, $"--Mqtt:Outside:Url={_broker.Url}", $"--Mqtt:Outside:Host={name}", $"--Cluster:PostgreSql={database}") { MqttPort = 0 };
}
