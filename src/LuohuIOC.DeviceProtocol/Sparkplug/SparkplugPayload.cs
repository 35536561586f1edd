using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace LuohuIOC.DeviceProtocol.Sparkplug;

/// <summary>One metric; absent members are null. Values that are no number (texts, data sets, templates) have none.</summary>
public sealed record SparkplugMetric(string? Name, ulong? Alias, ulong? Timestamp, uint? DataType, bool IsHistorical, bool IsNull, double? Value)
{
    /// <summary>Field number and bits of an integer as it travelled: what number that is depends on the type.</summary>
    internal (int Field, ulong Bits)? Integer { get; init; }

    /// <summary>Its property Quality (Sparkplug 3.0, 6.4.11): 0 bad, 192 good, 500 stale; null where it says none, which is good.</summary>
    public int? Quality { get; init; }

    /// <summary>The node stands for the value.</summary>
    public bool IsGood => Quality is null or SparkplugPayload.GoodQuality;

    /// <summary>True when it says its type itself; a birth does, data should not.</summary>
    public bool HasType => DataType is > 0;

    /// <summary>True for an integer that is a large one or a negative one, which only a type tells.</summary>
    public bool IsAmbiguous => !HasType && Integer is var (at, bits) && bits >> (at == SparkplugPayload.IntField ? 31 : 63) != 0;

    /// <summary>The value when the birth has said this type; its own type counts more.</summary>
    public double? ValueAs(uint type) => HasType || Integer is not var (at, bits) ? Value : SparkplugPayload.NumberOf(at, bits, type);

    /// <summary>Types of which an integer may be negative: Int8, Int16, Int32, Int64.</summary>
    public static bool IsSigned(uint type) => type is >= SparkplugPayload.TypeInt8 and <= SparkplugPayload.TypeInt64;
}

/// <summary>
/// A Sparkplug B payload, read from its protocol buffer (field numbers of sparkplug_b.proto, proto2: a sequence of 0 is told from none).
/// Unknown fields are passed over.
/// </summary>
public sealed record SparkplugPayload(ulong? Timestamp, ulong? Sequence, IReadOnlyList<SparkplugMetric> Metrics)
{
    internal const uint TypeInt8 = 1, TypeInt16 = 2, TypeInt32 = 3, TypeInt64 = 4;

    private const int PropertiesMax = 256;

    private const int UnpackedMax = 1 << 20;

    internal const int GoodQuality = 192;

    internal const int IntField = 10, LongField = 11;

    // Of a payload that was packed (Sparkplug 3.0, 6.4.3), the uuid; the body is the payload in gzip or deflate.
    private static ReadOnlySpan<byte> Packed => "SPBV1.0_COMPRESSED"u8;

    /// <summary>Null for bytes that are no payload.</summary>
    public static SparkplugPayload? Parse(ReadOnlySpan<byte> bytes)
    {
        if (Read(bytes, out var packed) is not { } read) return null;
        if (packed is null) return read;
        if (Unpacked(packed) is not { } inner || Read(inner, out var again) is not { } payload || again is not null) return null;
        // Who packs leaves time and sequence outside, or inside, or both.
        return payload with { Timestamp = payload.Timestamp ?? read.Timestamp, Sequence = payload.Sequence ?? read.Sequence };
    }

    private static byte[]? Unpacked(byte[] body)
    {
        try
        {
            using var source = new MemoryStream(body);
            using Stream stream = body is [0x1F, 0x8B, ..] ? new GZipStream(source, CompressionMode.Decompress)
                : body is [0x78, ..] ? new ZLibStream(source, CompressionMode.Decompress) : new DeflateStream(source, CompressionMode.Decompress);
            using var into = new MemoryStream();
            var piece = new byte[8192];
            while (stream.Read(piece) is > 0 and var count)
            {
                // A few bytes may unpack to gigabytes.
                if (into.Length + count > UnpackedMax) return null;
                into.Write(piece, 0, count);
            }
            // What breaks off at once unpacks to nothing, without a word.
            return into.Length > 0 ? into.ToArray() : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static SparkplugPayload? Read(ReadOnlySpan<byte> bytes, out byte[]? packed)
    {
        packed = null;
        var (isPacked, body) = (false, Array.Empty<byte>());
        ulong? timestamp = null, sequence = null;
        var metrics = new List<SparkplugMetric>();
        while (!bytes.IsEmpty)
        {
            if (!TryField(ref bytes, out var field, out var number, out var content)) return null;
            switch (field)
            {
                case 1:
                    timestamp = number;
                    break;
                case 2:
                    if (ParseMetric(content) is not { } metric) return null;
                    metrics.Add(metric);
                    break;
                case 3:
                    sequence = number;
                    break;
                case 4:
                    isPacked = content.SequenceEqual(Packed);
                    break;
                case 5:
                    body = content.ToArray();
                    break;
            }
        }
        if (isPacked) packed = body;
        return new SparkplugPayload(timestamp, sequence, metrics);
    }

    /// <summary>A node command that asks for the births again.</summary>
    public static byte[] Rebirth(long nowMs)
    {
        var name = "Node Control/Rebirth"u8;
        var bytes = new List<byte> { 0x08 };
        PutVarint(bytes, (ulong)nowMs);
        // name, data type 11 (Boolean), boolean_value true
        bytes.AddRange([0x12, (byte)(name.Length + 6), 0x0A, (byte)name.Length, .. name, 0x20, 11, 0x70, 1]);
        return [.. bytes];
    }

    private static SparkplugMetric? ParseMetric(ReadOnlySpan<byte> bytes)
    {
        string? name = null;
        ulong? alias = null, timestamp = null;
        uint? type = null;
        var (historical, isNull) = (false, false);
        (int Field, ulong Bits)? value = null;
        int? quality = null;
        while (!bytes.IsEmpty)
        {
            if (!TryField(ref bytes, out var field, out var number, out var content)) return null;
            if (field == 1) name = Encoding.UTF8.GetString(content);
            else if (field == 2) alias = number;
            else if (field == 3) timestamp = number;
            else if (field == 4) type = (uint)number;
            else if (field == 5) historical = number != 0;
            else if (field == 7) isNull = number != 0;
            else if (field == 9) quality = QualityOf(content);
            else if (field is >= 10 and <= 14) value = (field, number);
        }
        if (isNull || value is not var (f, bits)) return new SparkplugMetric(name, alias, timestamp, type, historical, isNull, null);
        return new SparkplugMetric(name, alias, timestamp, type, historical, isNull, NumberOf(f, bits, type)) { Integer = f is IntField or LongField ? (f, bits) : null, Quality = quality };
    }

    // PropertySet: keys (1) and, each at its key's place, values (2) with a type (1) and, of an integer, int_value (3) or long_value (4).
    private static int? QualityOf(ReadOnlySpan<byte> set)
    {
        var (keys, values, at) = (0, 0, -1);
        var found = new List<int?>();
        while (!set.IsEmpty)
        {
            if (!TryField(ref set, out var field, out _, out var content)) return null;
            if (field == 1)
            {
                if (content.SequenceEqual("Quality"u8)) at = keys;
                keys++;
            }
            else if (field == 2 && values++ <= PropertiesMax) found.Add(IntegerOf(content));
        }
        return at >= 0 && at < found.Count ? found[at] : null;
    }

    private static int? IntegerOf(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            if (!TryField(ref value, out var field, out var number, out _)) return null;
            if (field is 3 or 4) return (int)number;
        }
        return null;
    }

    // Signed integers travel as unsigned ones of 32 or 64 bits; a small one is seen with its sign in 8 or 16 bits alone, −5 as 251.
    internal static double NumberOf(int field, ulong bits, uint? type) => (field, type) switch
    {
        (IntField or LongField, TypeInt8) => (sbyte)bits,
        (IntField or LongField, TypeInt16) => (short)bits,
        (IntField or LongField, TypeInt32) => (int)bits,
        (LongField, TypeInt64) => (long)bits,
        (IntField, _) => (uint)bits,
        (LongField, _) => bits,
        _ => NumberOf(field, bits),
    };

    private static double NumberOf(int field, ulong bits) => field switch
    {
        12 => BitConverter.UInt32BitsToSingle((uint)bits),
        13 => BitConverter.UInt64BitsToDouble(bits),
        _ => bits != 0 ? 1 : 0,
    };

    private static bool TryField(ref ReadOnlySpan<byte> bytes, out int field, out ulong number, out ReadOnlySpan<byte> content)
    {
        (field, number) = (0, 0);
        content = default;
        if (!TryVarint(ref bytes, out var tag) || (tag >> 3) is 0 or > int.MaxValue) return false;
        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return TryVarint(ref bytes, out number);
            case 1 when bytes.Length >= 8:
                number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                bytes = bytes[8..];
                return true;
            case 5 when bytes.Length >= 4:
                number = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                bytes = bytes[4..];
                return true;
            case 2 when TryVarint(ref bytes, out var length) && length <= (ulong)bytes.Length:
                content = bytes[..(int)length];
                bytes = bytes[(int)length..];
                return true;
            default:
                return false;
        }
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }

    private static void PutVarint(List<byte> into, ulong value)
    {
        for (; value >= 0x80; value >>= 7) into.Add((byte)(value | 0x80));
        into.Add((byte)value);
    }
}
