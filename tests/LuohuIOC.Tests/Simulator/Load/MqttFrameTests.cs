using LuohuIOC.Simulator.Load;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Load;

/// <summary>Bytes written down by hand from OASIS MQTT 3.1.1, sections 2.2.3, 3.1, 3.3 and 3.4.</summary>
public sealed class MqttFrameTests
{
    [Fact]
    public void Connect_without_user() =>
        Assert.Equal(
            "10 0D 00 04 4D 51 54 54 04 02 00 00 00 01 61",
            Hex(MqttFrame.Connect("a", null, null)));

    [Fact]
    public void Connect_with_user_and_password() =>
        // Flags 80 user + 40 password + 02 clean session = C2; length 10 + (2+2) + (2+2) + (2+1) = 21.
        Assert.Equal(
            "10 15 00 04 4D 51 54 54 04 C2 00 00 00 02 67 31 00 02 67 31 00 01 73",
            Hex(MqttFrame.Connect("g1", "g1", "s")));

    [Fact]
    public void Publish_at_qos_1()
    {
        // 32 = publish, QoS 1; length 2 + 3 (a/b) + 2 (packet id) + 2 (hi) = 9.
        var packet = MqttFrame.Publish("a/b", "hi"u8, out var packetIdOffset, out var payloadOffset);
        Assert.Equal("32 09 00 03 61 2F 62 00 00 68 69", Hex(packet));
        Assert.Equal(7, packetIdOffset);
        Assert.Equal(9, payloadOffset);
    }

    [Theory]
    [InlineData(127 - 5, "7F")]
    [InlineData(128 - 5, "80 01")]
    [InlineData(321 - 5, "C1 02")]
    [InlineData(16_384 - 5, "80 80 01")]
    public void The_length_takes_seven_bits_a_byte(int payload, string length)
    {
        var packet = MqttFrame.Publish("t", new byte[payload], out _, out _);
        Assert.StartsWith($"32 {length} 00 01 74", Hex(packet[..12]));
    }

    [Fact]
    public void Acknowledgements_are_taken_one_by_one_and_a_torn_one_waits()
    {
        // PUBACK 10, PINGRESP, and the first three bytes of PUBACK 258.
        ReadOnlySpan<byte> received = [0x40, 0x02, 0x00, 0x0A, 0xD0, 0x00, 0x40, 0x02, 0x01];
        Assert.True(MqttFrame.TryRead(received, out var type, out var body, out var consumed));
        Assert.Equal((4, 10, 4), (type, MqttFrame.PacketId(body), consumed));
        received = received[consumed..];
        Assert.True(MqttFrame.TryRead(received, out type, out _, out consumed));
        Assert.Equal((13, 2), (type, consumed));
        Assert.False(MqttFrame.TryRead(received[consumed..], out _, out _, out _));
        Assert.True(MqttFrame.TryRead([0x40, 0x02, 0x01, 0x02], out _, out body, out _));
        Assert.Equal(258, MqttFrame.PacketId(body));
    }

    [Fact]
    public void A_length_without_end_is_an_error() =>
        Assert.Throws<InvalidDataException>(() => MqttFrame.TryRead([0x40, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], out _, out _, out _));

    private static string Hex(ReadOnlySpan<byte> bytes) => string.Join(' ', bytes.ToArray().Select(b => $"{b:X2}"));
}
