using System.Buffers.Binary;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>
/// One frame of SL 651-2014 (clause 6.2), HEX/BCD or ASCII; the body is a slice of the bytes that it was parsed from.
/// <code>
/// 7E7E 02 0012345678 000A 2F 0008 02 000C 141205094357 03 FB2D
/// start centre station password function direction+length STX serial+time ETX crc
/// </code>
/// Down, station and centre change places.
/// </summary>
public readonly ref struct Sl651Frame
{
    /// <summary>Bytes of a HEX frame besides its body; of an ASCII frame <see cref="AsciiOverhead"/>.</summary>
    public const int HexOverhead = 17;

    public const int AsciiOverhead = 29;

    /// <summary>Twelve bits of length and the larger overhead.</summary>
    public const int BytesMax = 4095 + AsciiOverhead;

    /// <summary>Serial u16 and send time, HEX; twice as many characters in ASCII.</summary>
    public const int HeadingBytes = 8;

    public bool IsAscii { get; private init; }

    /// <summary>The whole frame, from start mark to check value.</summary>
    public int Bytes { get; private init; }

    public byte Center { get; private init; }

    /// <summary>Five bytes of address, the first one highest: 0012345678 is station 12345678.</summary>
    public ulong Station { get; private init; }

    public ushort Password { get; private init; }

    public byte Function { get; private init; }

    public bool IsDown { get; private init; }

    /// <summary>What the length field says; counts the packet numbers of a SYN frame.</summary>
    public int BodyLength { get; private init; }

    /// <summary>Number of packets of the message; 0 in a frame that is a message of its own (STX).</summary>
    public int PacketTotal { get; private init; }

    /// <summary>1 to <see cref="PacketTotal"/>.</summary>
    public int PacketIndex { get; private init; }

    public bool IsPacket => PacketTotal > 0;

    public byte End { get; private init; }

    public ushort Crc { get; private init; }

    /// <summary>What lies between start and end mark, without packet numbers.</summary>
    public ReadOnlySpan<byte> Body { get; private init; }

    /// <summary>The body begins with serial and send time: every body but those of packets behind the first.</summary>
    public bool HasHeading => PacketIndex <= 1 && Body.Length >= (IsAscii ? 2 * HeadingBytes : HeadingBytes);

    public ushort Serial => !HasHeading ? (ushort)0 : !IsAscii ? BinaryPrimitives.ReadUInt16BigEndian(Body) : HexText.TryRead(Body[..4], out var serial) ? (ushort)serial : (ushort)0;

    public BcdTime SendTime =>
        !HasHeading ? default : !IsAscii ? BcdTime.Of(Body.Slice(2, 6)) : HexText.TryRead(Body.Slice(4, 12), out var nibbles) ? new BcdTime(nibbles, true) : default;

    /// <summary>The body behind serial and send time.</summary>
    public ReadOnlySpan<byte> Content => !HasHeading ? Body : Body[(IsAscii ? 2 * HeadingBytes : HeadingBytes)..];

    /// <summary>Parses the frame that <paramref name="bytes"/> begin with; what follows it is the caller's to judge.</summary>
    public static FrameFault TryParse(ReadOnlySpan<byte> bytes, out Sl651Frame frame)
    {
        frame = default;
        if (bytes.IsEmpty) return FrameFault.Truncated;
        if (bytes[0] == Sl651Mark.AsciiStart) return TryParseAscii(bytes, out frame);
        if (bytes[0] != Sl651Mark.HexStart || (bytes.Length > 1 && bytes[1] != Sl651Mark.HexStart)) return FrameFault.Start;
        return TryParseHex(bytes, out frame);
    }

    /// <summary>Bytes of the frame that begins here, 0 while that cannot be told yet, −1 when none does.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;
        if (bytes[0] == Sl651Mark.HexStart)
            return bytes.Length > 1 && bytes[1] != Sl651Mark.HexStart ? -1
                : bytes.Length < 13 ? 0 : HexOverhead + (BinaryPrimitives.ReadUInt16BigEndian(bytes[11..]) & 0xFFF);
        if (bytes[0] != Sl651Mark.AsciiStart) return -1;
        if (bytes.Length < 23) return 0;
        return HexText.TryRead(bytes.Slice(19, 4), out var length) ? AsciiOverhead + (int)(length & 0xFFF) : -1;
    }

    private static FrameFault TryParseHex(ReadOnlySpan<byte> bytes, out Sl651Frame frame)
    {
        frame = default;
        if (bytes.Length < HexOverhead) return FrameFault.Truncated;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[11..]);
        var body = length & 0xFFF;
        var total = HexOverhead + body;
        if (bytes.Length < total) return FrameFault.Truncated;
        var crc = BinaryPrimitives.ReadUInt16BigEndian(bytes[(total - 2)..]);
        if (Crc16.Modbus(bytes[..(total - 2)]) != crc) return FrameFault.Crc;
        if (bytes[13] is not (Sl651Mark.Stx or Sl651Mark.Syn) || length >> 12 is not (0 or 8)) return FrameFault.Body;
        var end = bytes[total - 3];
        if (Sl651Mark.NameOfEnd(end) is null) return FrameFault.End;
        var (packets, packet, head) = (0, 0, 14);
        if (bytes[13] == Sl651Mark.Syn)
        {
            if (body < 3) return FrameFault.Body;
            (packets, packet, head) = ((bytes[14] << 4) | (bytes[15] >> 4), ((bytes[15] & 15) << 8) | bytes[16], 17);
            if (packet < 1 || packet > packets) return FrameFault.Body;
        }
        var down = length >> 12 == 8;
        frame = new Sl651Frame
        {
            Bytes = total,
            Center = bytes[down ? 7 : 2],
            Station = ((ulong)bytes[down ? 2 : 3] << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[(down ? 3 : 4)..]),
            Password = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
            Function = bytes[10],
            IsDown = down,
            BodyLength = body,
            PacketTotal = packets,
            PacketIndex = packet,
            End = end,
            Crc = crc,
            Body = bytes[head..(total - 3)],
        };
        return FrameFault.None;
    }

    // 01 "02" "0012345678" "04D2" "32" "0050" 02 body 03 "DE4C"; SYN is followed by three digits of total and three of index
    private static FrameFault TryParseAscii(ReadOnlySpan<byte> bytes, out Sl651Frame frame)
    {
        frame = default;
        if (bytes.Length < AsciiOverhead) return FrameFault.Truncated;
        if (!HexText.TryRead(bytes.Slice(19, 4), out var length)) return FrameFault.Length;
        var body = (int)(length & 0xFFF);
        var total = AsciiOverhead + body;
        if (bytes.Length < total) return FrameFault.Truncated;
        if (!HexText.TryRead(bytes.Slice(total - 4, 4), out var crc) || Crc16.Modbus(bytes[..(total - 4)]) != crc) return FrameFault.Crc;
        if (bytes[23] is not (Sl651Mark.Stx or Sl651Mark.Syn) || length >> 12 is not (0 or 8)) return FrameFault.Body;
        var end = bytes[total - 5];
        if (Sl651Mark.NameOfEnd(end) is null) return FrameFault.End;
        var (packets, packet, head) = (0UL, 0UL, 24);
        if (bytes[23] == Sl651Mark.Syn)
        {
            if (body < 6 || !HexText.TryRead(bytes.Slice(24, 3), out packets) || !HexText.TryRead(bytes.Slice(27, 3), out packet)) return FrameFault.Body;
            if (packet < 1 || packet > packets) return FrameFault.Body;
            head = 30;
        }
        var down = length >> 12 == 8;
        if (!HexText.TryRead(bytes.Slice(down ? 11 : 1, 2), out var center) | !HexText.TryRead(bytes.Slice(down ? 1 : 3, 10), out var station)
            | !HexText.TryRead(bytes.Slice(13, 4), out var password) | !HexText.TryRead(bytes.Slice(17, 2), out var function)) return FrameFault.Body;
        frame = new Sl651Frame
        {
            IsAscii = true,
            Bytes = total,
            Center = (byte)center,
            Station = station,
            Password = (ushort)password,
            Function = (byte)function,
            IsDown = down,
            BodyLength = body,
            PacketTotal = (int)packets,
            PacketIndex = (int)packet,
            End = end,
            Crc = (ushort)crc,
            Body = bytes[head..(total - 5)],
        };
        return FrameFault.None;
    }
}
