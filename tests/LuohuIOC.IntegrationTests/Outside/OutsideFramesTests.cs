using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>Raw frames at a mosquitto that two real hosts share.</summary>
public sealed class OutsideFramesTests : IAsyncLifetime
{
    private readonly MosquittoServer _broker = new();

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Packets_in_publishes_of_their_own_come_to_one_host_and_are_one_message()
    {
        await using var left = Host("left");
        await using var right = Host("right");
        await Task.WhenAll(left.StartAsync(), right.StartAsync());
        await OutsideBrokerTests.ServesAsync(left, 1);
        await OutsideBrokerTests.ServesAsync(right, 1);
        // By its name it is the left one's; the right one has it only until it has seen the other.
        await Wait.UntilAsync(async () => await TakesAsync(left) && !await TakesAsync(right), () => $"one to take raw frames; output:\n{left.Output}\n{right.Output}");
        var taker = left;

        var (sensor, gateway) = await taker.SensorAsync("river");
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000 * 60_000;
        var body = LonePacketTests.Body(at);
        using var station = await OutsideBrokerTests.GatewayAsync(_broker.Port, gateway);
        for (var packet = 1; packet <= 2; packet++)
        {
            var message = new MqttApplicationMessageBuilder().WithTopic($"luohu/v1/{gateway}/{sensor}/raw/sl651")
                .WithPayload(LonePacketTests.Packet(packet == 1 ? body.AsSpan(0, 26) : body.AsSpan(26), packet)).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
            await station.PublishAsync(message);
        }
        await Wait.UntilAsync(
            async () => (await taker.GetAsync($"sensors/{sensor}/readings?from={at}&to={at + 60_000}")).GetProperty("items").GetArrayLength() == 1,
            () => $"the message's reading in history; output:\n{taker.Output}");
    }

    private HostProcess Host(string name) => new(null, $"--Mqtt:Outside:Url={_broker.Url}", $"--Mqtt:Outside:Host={name}") { MqttPort = 0 };

    private static async Task<bool> TakesAsync(HostProcess host) => (await OutsideBrokerTests.OutsideAsync(host)).GetProperty("sessions").EnumerateArray()
        .Any(s => s.GetProperty("host").GetString() == "raw.ioc" && s.GetProperty("connectedSince").ValueKind == System.Text.Json.JsonValueKind.String);
}
