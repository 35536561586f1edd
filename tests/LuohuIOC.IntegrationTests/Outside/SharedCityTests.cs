using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LuohuIOC.Tests.Storage;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>Two real hosts on one PostgreSQL share a mosquitto, each with a history of its own.</summary>
public sealed class SharedCityTests : IAsyncLifetime
{
    private readonly MosquittoServer _broker = new();
    private readonly PostgresServer _postgres = new();
    private readonly List<HostProcess> _hosts = [];

    public async ValueTask InitializeAsync() => await Task.WhenAll(_broker.StartAsync(), _postgres.StartAsync());

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        await _broker.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task An_alarm_that_came_twice_by_two_hosts_is_one_alert_on_both()
    {
        var (left, right, id, gateway) = await CityAsync();

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
        {
            var alerts = 0;
            await Wait.UntilAsync(async () => (alerts = (await host.GetAsync("alerts?limit=100")).GetProperty("items").GetArrayLength()) > 0, () => "the alert in the ledger");
            Assert.Equal(1, alerts);
        }
    }

    /// <summary>Replies go to every host and into one book, so it does not matter which of them is there to take one.</summary>
    [Fact]
    public async Task A_reply_that_reaches_the_other_host_first_is_in_the_book_of_both()
    {
        var (left, right, id, gateway) = await CityAsync();
        using var client = await OutsideBrokerTests.GatewayAsync(_broker.Port, gateway);
        var commands = new ConcurrentQueue<string>();
        client.ApplicationMessageReceivedAsync += message =>
        {
            commands.Enqueue(JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetString(message.ApplicationMessage.Payload)).GetProperty("id").GetString()!);
            return Task.CompletedTask;
        };
        await client.SubscribeAsync($"luohu/v1/{gateway}/+/command", MqttQualityOfServiceLevel.AtLeastOnce, TestContext.Current.CancellationToken);

        // Both live: each gets the reply, one writes it down.
        var first = await CommandAsync(left, id);
        await Wait.UntilAsync(() => commands.Contains(first), () => $"the command at the gateway; output:\n{left.Output}");
        await ReplyAsync(client, gateway, id, first);
        foreach (var host in (HostProcess[])[left, right]) await DoneAsync(host, id, first);

        // The one that sent it dies before the reply comes.
        var second = await CommandAsync(left, id);
        await Wait.UntilAsync(() => commands.Contains(second), () => $"the command at the gateway; output:\n{left.Output}");
        await left.KillAsync();
        await ReplyAsync(client, gateway, id, second);
        var replied = await DoneAsync(right, id, second);
        // It comes back and is given the reply that has waited for it, which changes nothing.
        await left.StartAsync();
        await OutsideBrokerTests.ServesAsync(left, 1);
        Assert.Equal(replied, await DoneAsync(left, id, second));
        var third = await CommandAsync(right, id);
        await ReplyAsync(client, gateway, id, third);
        Assert.Equal(await DoneAsync(right, id, third), await DoneAsync(left, id, third));
        Assert.Equal(replied, await DoneAsync(left, id, second));
        await Wait.UntilAsync(() => commands.Contains(third), () => "the last command at the gateway");
        Assert.Equal([first, second, third], commands);
        foreach (var host in (HostProcess[])[left, right]) Assert.Equal(0, (await host.GetAsync("rejections")).GetProperty("items").GetArrayLength());
    }

    private static async Task<string> CommandAsync(HostProcess host, string sensor) =>
        (await host.SendAsync(HttpMethod.Post, $"sensors/{sensor}/commands", new { name = "report_now" })).GetProperty("id").GetString()!;

    private static Task ReplyAsync(IMqttClient client, string gateway, string sensor, string id) =>
        OutsideBrokerTests.SendAsync(client, $"luohu/v1/{gateway}/{sensor}/command/reply", $$$"""{"id":"{{{id}}}","state":"done","ts":1732262401250}""");

    // When the reply came, by the book.
    private static async Task<string> DoneAsync(HostProcess host, string sensor, string id)
    {
        JsonElement command = default;
        await Wait.UntilAsync(
            async () =>
            {
                command = (await host.GetAsync($"sensors/{sensor}/commands")).GetProperty("items").EnumerateArray().Single(c => c.GetProperty("id").GetString() == id);
                return command.GetProperty("state").GetString() == "done";
            },
            () => $"the reply to {id}; output:\n{host.Output}");
        return command.GetProperty("repliedAt").GetString()!;
    }

    // Two hosts that share, and one of their sensors.
    private async Task<(HostProcess Left, HostProcess Right, string Sensor, string Gateway)> CityAsync()
    {
        var database = await _postgres.NewDatabaseAsync();
        foreach (var name in (string[])["left", "right"])
        {
            var host = new HostProcess(null, $"--Mqtt:Outside:Url={_broker.Url}", $"--Mqtt:Outside:Host={name}", $"--Cluster:PostgreSql={database}", "--Cluster:ProbeTimeout=00:00:03") { MqttPort = 0 };
            _hosts.Add(host);
            await host.StartAsync();
        }
        await Task.WhenAll(_hosts.Select(h => OutsideBrokerTests.ServesAsync(h, 1)));
        var (sensor, gateway) = await _hosts[0].SensorAsync("smoke");
        return (_hosts[0], _hosts[1], sensor, gateway);
    }
}
