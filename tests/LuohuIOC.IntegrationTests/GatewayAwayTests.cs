using System.Net;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>A gateway whose power fails: the broker says its last will.</summary>
public sealed class GatewayAwayTests
{
    [Fact]
    public async Task A_gateways_will_makes_its_sensors_stale_and_one_alert_that_outlives_a_restart_and_ends_when_it_is_back()
    {
        var data = Directory.CreateTempSubdirectory("luohu-away-").FullName;
        var gateway = "";
        await using (var host = new HostProcess(data, "--Sensing:GatewayAwayAfter=00:00:02"))
        {
            await host.StartAsync();
            (var sensor, gateway) = await host.SensorAsync("outfall");
            using (var client = await ConnectAsync(host, gateway))
                await PublishAsync(client, $"luohu/v1/{gateway}/{sensor}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"level":0.4}}""");
            await Wait.UntilAsync(async () => await QualityAsync(host, sensor) == "doubtful", () => "the stale mark");

            var alert = await AlertAsync(host, "raised");
            Assert.Equal(($"gateway/{gateway}", "gateway-offline", "yellow"), (Text(alert, "sensorId"), Text(alert, "rule"), Text(alert, "severity")));
            var behind = (await host.GetAsync("sensors?limit=10000")).GetProperty("items").EnumerateArray().Count(s => Text(s, "gateway") == gateway);
            Assert.Contains($" {behind} ", Text(alert, "evidenceText"), StringComparison.Ordinal);
            await host.KillAsync();
        }
        await using (var host = new HostProcess(data, "--Sensing:GatewayAwayAfter=00:00:02"))
        {
            await host.StartAsync();
            await AlertAsync(host, "raised");
            using var client = await ConnectAsync(host, gateway);
            await AlertAsync(host, "closed");
        }
    }

    [Fact]
    public async Task A_wait_that_a_restart_interrupts_goes_on_and_ends_for_who_comes_back()
    {
        var data = Directory.CreateTempSubdirectory("luohu-away-").FullName;
        const string after = "--Sensing:GatewayAwayAfter=00:00:40";
        var (gone, back) = ("", "");
        await using (var host = new HostProcess(data, after))
        {
            await host.StartAsync();
            (var sensor, gone) = await host.SensorAsync("outfall");
            var other = (await host.GetAsync("sensors?kind=outfall&limit=1000")).GetProperty("items").EnumerateArray().First(s => Text(s, "gateway") != gone);
            back = Text(other, "gateway")!;
            foreach (var (gateway, id) in new[] { (gone, sensor), (back, Text(other, "id")!) })
            {
                using (var client = await ConnectAsync(host, gateway))
                    await PublishAsync(client, $"luohu/v1/{gateway}/{id}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"level":0.4}}""");
                await Wait.UntilAsync(async () => await QualityAsync(host, id) == "doubtful", () => "the stale mark");
            }
            Assert.Empty((await host.GetAsync("alerts?kind=gateway")).GetProperty("items").EnumerateArray());
            await host.KillAsync();
        }
        await using (var host = new HostProcess(data, after))
        {
            await host.StartAsync();
            using var client = await ConnectAsync(host, back);
            var alert = await AlertAsync(host, "raised");
            Assert.Equal($"gateway/{gone}", Text(alert, "sensorId"));
            Assert.Single((await host.GetAsync("alerts?kind=gateway")).GetProperty("items").EnumerateArray());
        }
        Directory.Delete(data, recursive: true);
    }

    private static string? Text(JsonElement alert, string member) => alert.GetProperty(member).GetString();

    private static async Task<string?> QualityAsync(HostProcess host, string sensor) =>
        (await host.GetAsync("city")).GetProperty("readings").EnumerateArray().Where(r => Text(r, "sensorId") == sensor).Select(r => Text(r, "quality")).FirstOrDefault();

    private static async Task<JsonElement> AlertAsync(HostProcess host, string state)
    {
        var found = default(JsonElement);
        await Wait.UntilAsync(
            async () => (found = (await host.GetAsync($"alerts?kind=gateway&state={state}")).GetProperty("items").EnumerateArray().FirstOrDefault()).ValueKind == JsonValueKind.Object,
            () => $"the gateway's alert, {state}");
        return found;
    }

    private static async Task<IMqttClient> ConnectAsync(HostProcess host, string gateway)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithEndPoint(new IPEndPoint(IPAddress.Loopback, host.MqttPort)).WithCredentials(gateway, host.Secrets()[gateway])
                .WithWillTopic($"luohu/v1/{gateway}/status").WithWillPayload("offline").WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
            TestContext.Current.CancellationToken);
        return client;
    }

    private static Task PublishAsync(IMqttClient client, string topic, string payload) => client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
        TestContext.Current.CancellationToken);
}
