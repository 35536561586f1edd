using System.Text;
using System.Text.Json;
using LuohuIOC.Simulator.Load;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Load;

public sealed class MessageTemplateTests
{
    private static readonly LoadSensor First = new("s.1", [new LoadMetric("level", "0.3###"), new LoadMetric("alarm", "0")]);
    private static readonly LoadSensor Second = new("s.2", [new LoadMetric("depth", "11.###")]);

    [Fact]
    public void A_message_is_patched_in_place_and_stays_json()
    {
        var (topic, payload, packetId) = Written(MessageTemplate.ForSensor("gw", First, 1), 0x0102, 1732262400000, 1_000_000_017);
        Assert.Equal("luohu/v1/gw/s.1/telemetry", topic);
        Assert.Equal(0x0102, packetId);
        Assert.StartsWith("""{"ts":1732262400000,"seq":1000000017,"values":{"level":0.3""", payload);
        Assert.EndsWith(""","alarm":0}}""", payload);
        Assert.InRange(JsonDocument.Parse(payload).RootElement.GetProperty("values").GetProperty("level").GetDouble(), 0.3, 0.4);
    }

    [Fact]
    public void An_array_of_one_sensor_counts_its_sequences_up()
    {
        var (_, payload, _) = Written(MessageTemplate.ForSensor("gw", First, 3), 1, 1732262400000, 1_000_000_000);
        Assert.Equal([1000000000, 1000000001, 1000000002], JsonDocument.Parse(payload).RootElement.EnumerateArray().Select(r => r.GetProperty("seq").GetInt64()));
    }

    [Fact]
    public void A_gateway_sends_one_reading_each_of_its_sensors()
    {
        var template = MessageTemplate.ForGateway("gw", [First, Second]);
        var (topic, payload, _) = Written(template, 1, 1732262400000, 1_000_000_000);
        var root = JsonDocument.Parse(payload).RootElement;
        Assert.Equal("luohu/v1/gw/telemetry", topic);
        Assert.Equal(["s.1", "s.2"], template.Sensors);
        Assert.Equal(1000000001, root.GetProperty("s.2")[0].GetProperty("seq").GetInt64());
        Assert.InRange(root.GetProperty("s.2")[0].GetProperty("values").GetProperty("depth").GetDouble(), 11, 12);
    }

    [Fact]
    public void Values_vary_so_that_no_sensor_looks_stuck()
    {
        var template = MessageTemplate.ForSensor("gw", Second, 1);
        var buffer = new byte[template.Length];
        uint noise = 1;
        var seen = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            template.Write(buffer, 1, "1732262400000"u8, MessageTemplate.FirstSequence, ref noise);
            seen.Add(Encoding.UTF8.GetString(buffer));
        }
        Assert.True(seen.Count > 80);
    }

    private static (string Topic, string Payload, int PacketId) Written(MessageTemplate template, ushort packetId, long milliseconds, long sequence)
    {
        var buffer = new byte[template.Length];
        uint noise = 1;
        Assert.Equal(buffer.Length, template.Write(buffer, packetId, Encoding.ASCII.GetBytes($"{milliseconds}"), sequence, ref noise));
        Assert.True(MqttFrame.TryRead(buffer, out _, out var body, out var consumed));
        Assert.Equal(buffer.Length, consumed);
        var topicLength = (body[0] << 8) | body[1];
        return (Encoding.UTF8.GetString(body.Slice(2, topicLength)), Encoding.UTF8.GetString(body[(topicLength + 4)..]), MqttFrame.PacketId(body[(topicLength + 2)..]));
    }
}
