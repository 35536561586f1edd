using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>A smoke detector of the synthetic city: what is sent for it, to whichever host, and what hosts say of it.</summary>
internal sealed class SmokeDetector
{
    private readonly string _gateway;
    private int _sequence;

    private SmokeDetector(JsonElement sensor) => (Id, _gateway) = (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);

    public string Id { get; }

    public static async Task<List<SmokeDetector>> SomeAsync(HostProcess host, int count) =>
        [.. (await host.GetAsync($"sensors?kind=smoke&limit={count}")).GetProperty("items").EnumerateArray().Select(sensor => new SmokeDetector(sensor))];

    /// <summary>Completes when the host has the reading on disk. Gives its time, Unix ms.</summary>
    public async Task<long> SendAsync(HostProcess host, bool alarm)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId($"{Guid.NewGuid():N}").Build());
        var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await client.PublishStringAsync(
            $"luohu/v1/{_gateway}/{Id}/telemetry", $$$"""{"ts":{{{time}}},"seq":{{{++_sequence}}},"values":{"alarm":{{{(alarm ? 1 : 0)}}}}}""", MqttQualityOfServiceLevel.AtLeastOnce);
        return time;
    }

    /// <summary>Completes when the host shows the reading of a time.</summary>
    public Task GoesOnAsync(HostProcess host, long time, Func<string> outputs) => Wait.UntilAsync(
        async () => (await host.GetAsync("city")).GetProperty("readings").EnumerateArray()
            .Any(r => r.GetProperty("sensorId").GetString() == Id && r.GetRawText().Contains($"{time}", StringComparison.Ordinal)),
        () => $"{Id} to show its reading of {time}; {outputs()}", TimeSpan.FromMinutes(3));

    /// <summary>Its alerts on the host's wall.</summary>
    public async Task<List<JsonElement>> ShownAsync(HostProcess host) => Of((await host.GetAsync("city")).GetProperty("alerts"));

    /// <summary>Its alerts in the ledger, closed ones too.</summary>
    public async Task<List<JsonElement>> StoredAsync(HostProcess host) => Of((await host.GetAsync($"alerts?sensor={Id}")).GetProperty("items"));

    private List<JsonElement> Of(JsonElement alerts) => [.. alerts.EnumerateArray().Where(a => a.GetProperty("sensorId").GetString() == Id)];
}
