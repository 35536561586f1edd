using LuohuIOC.DeviceProtocol.Sl651;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>Packets of one SL 651 message in publishes of their own: acknowledged, so they must be kept.</summary>
public sealed class LonePacketTests
{
    [Fact]
    public async Task Packets_in_publishes_of_their_own_are_one_message_though_the_host_is_killed_between_them()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var (sensor, gateway) = await host.SensorAsync("river");
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000 * 60_000;
        var body = Body(at);
        byte[] first = Packet(body.AsSpan(0, 26), 1), second = Packet(body.AsSpan(26), 2);
        await PublishAsync(host, gateway, sensor, second);
        Assert.Contains(Directory.EnumerateFiles(Path.Combine(host.Data, "journal"), "*.log"), file => Holds(file, second));
        await host.KillAsync();
        await host.StartAsync();
        await PublishAsync(host, gateway, sensor, first);
        await Wait.UntilAsync(
            async () => (await host.GetAsync($"sensors/{sensor}/readings?from={at}&to={at + 60_000}")).GetProperty("items").GetArrayLength() == 1, () => "the message's reading in history");
        Assert.Equal(0, (await host.GetAsync("rejections")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_damaged_packet_is_told_and_may_be_sent_again_alone()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var (sensor, gateway) = await host.SensorAsync("river");
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000 * 60_000;
        var body = Body(at);
        byte[] first = Packet(body.AsSpan(0, 26), 1), second = Packet(body.AsSpan(26), 2), damaged = [.. second];
        damaged[^1] ^= 1;
        await PublishAsync(host, gateway, sensor, [.. first, .. damaged], MqttClientPublishReasonCode.PayloadFormatInvalid);
        await PublishAsync(host, gateway, sensor, second);
        await Wait.UntilAsync(
            async () => (await host.GetAsync($"sensors/{sensor}/readings?from={at}&to={at + 60_000}")).GetProperty("items").GetArrayLength() == 1, () => "the message's reading in history");
        var told = Assert.Single((await host.GetAsync("rejections")).GetProperty("items").EnumerateArray());
        Assert.Equal(("frame_crc", damaged.Length), (told.GetProperty("reason").GetString(), told.GetProperty("payloadBytes").GetInt32()));
    }

    private static async Task PublishAsync(
        HostProcess host, string gateway, string sensor, byte[] packet, MqttClientPublishReasonCode answer = MqttClientPublishReasonCode.Success)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithCredentials(gateway, host.Secrets()[gateway])
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build());
        var message = new MqttApplicationMessageBuilder().WithTopic($"luohu/v1/{gateway}/{sensor}/raw/sl651").WithPayload(packet)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        Assert.Equal(answer, (await client.PublishAsync(message)).ReasonCode);
    }

    internal static byte[] Body(long atMs)
    {
        var body = new byte[29];
        Sl651Writer.Heading(body, 7, atMs);
        Convert.FromHexString("F1F1001234567848F0F0").CopyTo(body, 8);
        Sl651Writer.Time(body.AsSpan(18, 5), atMs);
        Sl651Writer.Element(body.AsSpan(23), 0x39, 4, 3, 1.25);
        return body;
    }

    internal static byte[] Packet(ReadOnlySpan<byte> body, int index)
    {
        var frame = new byte[128];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, Sl651Function.Timed, false, body, Sl651Mark.Etx, 2, index)];
    }

    private static bool Holds(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content.AsSpan().IndexOf(bytes) >= 0;
    }
}
