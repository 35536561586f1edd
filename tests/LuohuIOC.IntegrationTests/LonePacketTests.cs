using LuohuIOC.DeviceProtocol.Sl651;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>Packets of one SL 651 message in publishes of their own: acknowledged, so they must be kept.</summary>
public sealed class LonePacketTests
{
    [Fact]
    public async Task A_packet_alone_is_in_the_journal_when_it_is_acknowledged()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var (sensor, gateway) = await host.SensorAsync("river");
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithCredentials(gateway, host.Secrets()[gateway])
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build());
        // The second packet begins within an element and tells nothing by itself.
        byte[] second = Packet("0130" + "3812122038121221", 2);
        var message = new MqttApplicationMessageBuilder().WithTopic($"luohu/v1/{gateway}/{sensor}/raw/sl651").WithPayload(second)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        Assert.Equal(MqttClientPublishReasonCode.Success, (await client.PublishAsync(message)).ReasonCode);
        Assert.Contains(Directory.EnumerateFiles(Path.Combine(host.Data, "journal")), file => Holds(file, second));
        Assert.Equal("frame_incomplete", (await host.GetAsync("rejections")).GetProperty("items")[0].GetProperty("reason").GetString());
    }

    private static byte[] Packet(string body, int index)
    {
        var frame = new byte[128];
        return frame[..Sl651Writer.Hex(frame, 1, 0x0012345678, 0, Sl651Function.Timed, false, Convert.FromHexString(body), Sl651Mark.Etx, 2, index)];
    }

    private static bool Holds(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content.AsSpan().IndexOf(bytes) >= 0;
    }
}
