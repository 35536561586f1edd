using System.Buffers.Binary;
using System.Text;

namespace LuohuIOC.DeviceProtocol.Sparkplug;

/// <summary>
/// Writes Sparkplug B payloads, as an edge node sends them (field numbers of sparkplug_b.proto). The sequence stands last, so that it
/// can be put on when the message leaves: <see cref="Sequenced"/>.
/// </summary>
public sealed class SparkplugWriter
{
    private const byte TypeUInt64 = 8, TypeDouble = 10, TypeBoolean = 11;

    private readonly List<byte> _bytes = [];

    /// <param name="unixMs">Time of the payload; null for a death, which the broker sends when nobody knows the time.</param>
    public SparkplugWriter(long? unixMs)
    {
        if (unixMs is { } ms) Put(_bytes, 1, (ulong)ms);
    }

    public byte[] Bytes => [.. _bytes];

    /// <summary>A payload with its sequence, 0 to 255.</summary>
    public static byte[] Sequenced(ReadOnlySpan<byte> payload, byte sequence)
    {
        List<byte> bytes = [.. payload];
        Put(bytes, 3, sequence);
        return [.. bytes];
    }

    /// <summary>bdSeq: which birth and which death belong together.</summary>
    public void BirthSequence(ulong number)
    {
        List<byte> metric = [];
        Put(metric, 1, "bdSeq");
        Put(metric, 4, TypeUInt64);
        Put(metric, 11, number);
        Put(_bytes, 2, metric);
    }

    /// <summary>The command that every node has to have.</summary>
    public void RebirthControl()
    {
        List<byte> metric = [];
        Put(metric, 1, "Node Control/Rebirth");
        Put(metric, 4, TypeBoolean);
        Put(metric, 14, 0);
        Put(_bytes, 2, metric);
    }

    /// <summary>A number: a birth gives name and alias, data the alias alone. A value of null is one that the device does not know yet.</summary>
    public void Number(string? name, ulong alias, long unixMs, double? value)
    {
        List<byte> metric = [];
        if (name is not null) Put(metric, 1, name);
        Put(metric, 2, alias);
        Put(metric, 3, (ulong)unixMs);
        Put(metric, 4, TypeDouble);
        if (value is { } number)
        {
            // Field 13, eight bytes.
            metric.Add((13 << 3) | 1);
            Span<byte> bits = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bits, number);
            metric.AddRange(bits);
        }
        else
        {
            Put(metric, 7, 1);
        }
        Put(_bytes, 2, metric);
    }

    private static void Put(List<byte> into, int field, ulong number)
    {
        Varint(into, (ulong)field << 3);
        Varint(into, number);
    }

    private static void Put(List<byte> into, int field, string text) => Put(into, field, [.. Encoding.UTF8.GetBytes(text)]);

    private static void Put(List<byte> into, int field, List<byte> content)
    {
        Varint(into, ((ulong)field << 3) | 2);
        Varint(into, (ulong)content.Count);
        into.AddRange(content);
    }

    private static void Varint(List<byte> into, ulong value)
    {
        for (; value >= 0x80; value >>= 7) into.Add((byte)(value | 0x80));
        into.Add((byte)value);
    }
}
