using System.Buffers.Binary;
using System.Text;

namespace LuohuIOC.Simulator.Load;

/// <summary>
/// The four MQTT 3.1.1 packets that a publisher at QoS 1 needs, as bytes. A client library would spend more on one message than
/// the server under test does, and both share the machine.
/// </summary>
public static class MqttFrame
{
    public const byte PublishQos1 = 0x32;
    public const int PacketIdBytes = 2;

    public static ReadOnlySpan<byte> Disconnect => [0xE0, 0x00];

    /// <summary>
    /// CONNECT with a clean session and no keep-alive (section 3.1). For client "a": <c>10 0D · 00 04 4D 51 54 54 · 04 · 02 · 00 00 · 00 01 61</c>.
    /// </summary>
    public static byte[] Connect(string clientId, string? user, string? password)
    {
        byte flags = 0x02;
        var body = new List<byte> { 0x00, 0x04, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 0x04 };
        if (user is not null) flags |= 0x80;
        if (password is not null) flags |= 0x40;
        body.AddRange([flags, 0x00, 0x00]);
        AddText(body, clientId);
        if (user is not null) AddText(body, user);
        if (password is not null) AddText(body, password);
        return [0x10, .. Length(body.Count), .. body];
    }

    /// <summary>
    /// PUBLISH at QoS 1 with packet id 0, which the sender overwrites at the offset given (section 3.3).
    /// Topic "t", payload "x": <c>32 06 · 00 01 74 · 00 00 · 78</c>.
    /// </summary>
    public static byte[] Publish(string topic, ReadOnlySpan<byte> payload, out int packetIdOffset, out int payloadOffset)
    {
        var body = new List<byte>();
        AddText(body, topic);
        byte[] head = [PublishQos1, .. Length(body.Count + PacketIdBytes + payload.Length)];
        packetIdOffset = head.Length + body.Count;
        payloadOffset = packetIdOffset + PacketIdBytes;
        return [.. head, .. body, 0, 0, .. payload];
    }

    /// <summary>
    /// Takes one packet from the front of what was received; false when it is not all there yet.
    /// PUBACK of packet 10: <c>40 02 00 0A</c>.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> received, out byte type, out ReadOnlySpan<byte> body, out int consumed)
    {
        type = 0;
        body = default;
        consumed = 0;
        var length = 0;
        for (var i = 1; i < received.Length; i++)
        {
            if (i > 4) throw new InvalidDataException("The broker sent a packet length of more than four bytes.");
            length |= (received[i] & 0x7F) << (7 * (i - 1));
            if ((received[i] & 0x80) != 0) continue;
            if (received.Length < i + 1 + length) return false;
            type = (byte)(received[0] >> 4);
            body = received.Slice(i + 1, length);
            consumed = i + 1 + length;
            return true;
        }
        return false;
    }

    public static ushort PacketId(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadUInt16BigEndian(body);

    /// <summary>The remaining length: seven bits a byte, low ones first. <c>321 &gt;&gt; C1 02</c>.</summary>
    private static byte[] Length(int value)
    {
        var bytes = new List<byte>(4);
        do
        {
            bytes.Add((byte)((value & 0x7F) | (value > 0x7F ? 0x80 : 0)));
            value >>= 7;
        }
        while (value > 0);
        return [.. bytes];
    }

    private static void AddText(List<byte> body, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        body.AddRange([(byte)(utf8.Length >> 8), (byte)utf8.Length]);
        body.AddRange(utf8);
    }
}
