using System.Buffers.Binary;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Gb26875;

/// <summary>What a frame asks of the other side (GB/T 26875.3-2011, table 2).</summary>
public enum Gb26875Command : byte
{
    Control = 1,
    Send = 2,
    Confirm = 3,
    Request = 4,
    Answer = 5,
    Deny = 6,
}

/// <summary>
/// One frame of GB/T 26875.3-2011 (clause 8.2), little endian. Spans point into the bytes.
/// <code>
/// 4040 0100 0100 050009020715 050403020100 0B0A09080706 0C00 02 010101020402040009020715 B4 2323
/// start serial version time source target length command application-unit checksum end
/// </code>
/// </summary>
public readonly ref struct Gb26875Frame
{
    /// <summary>Bytes of a frame besides its application unit.</summary>
    public const int Overhead = 30;

    /// <summary>The standard's limit of the application unit.</summary>
    public const int UnitMax = 1024;

    private readonly ReadOnlySpan<byte> _head;

    private Gb26875Frame(ReadOnlySpan<byte> head, ReadOnlySpan<byte> unit)
    {
        _head = head;
        Unit = unit;
    }

    public ushort Serial => BinaryPrimitives.ReadUInt16LittleEndian(_head[2..]);

    /// <summary>Main version in the low byte, user version in the high byte.</summary>
    public ushort Version => BinaryPrimitives.ReadUInt16LittleEndian(_head[4..]);

    public Gb26875Time Time => new(_head.Slice(6, 6));

    public ulong Source => Address(_head.Slice(12, 6));

    public ulong Target => Address(_head.Slice(18, 6));

    public Gb26875Command Command => (Gb26875Command)_head[26];

    /// <summary>Type, count and objects; empty in confirmations.</summary>
    public ReadOnlySpan<byte> Unit { get; }

    /// <summary>0 when the unit is empty.</summary>
    public byte Type => Unit.Length > 0 ? Unit[0] : (byte)0;

    public byte Count => Unit.Length > 1 ? Unit[1] : (byte)0;

    public Gb26875Objects Objects => new(Unit, Count);

    /// <summary>True when it tells what has happened: it was sent, or asked for.</summary>
    public bool IsReport => Command is Gb26875Command.Send or Gb26875Command.Answer;

    /// <summary>
    /// Of a report whose count is not that of its objects, or of a frame under a command that the standard leaves undefined, the objects when they fill the unit exactly,
    /// so that they are what they seem to be; nothing of any other frame.
    /// </summary>
    public Gb26875Objects ObjectsByLength =>
        (IsReport || Command is 0 or > Gb26875Command.Deny) && Unit.Length > 2 && Gb26875Type.ObjectBytes(Type) is > 0 and var size && (Unit.Length - 2) % size == 0
            ? new(Unit, (Unit.Length - 2) / size)
            : default;

    /// <summary>Bytes of the frame that begins here, 0 while that cannot be told yet, −1 when none does.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;
        if (bytes[0] != 0x40 || (bytes.Length > 1 && bytes[1] != 0x40)) return -1;
        if (bytes.Length < 26) return 0;
        var unit = BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]);
        return unit > UnitMax ? -1 : Overhead + unit;
    }

    /// <summary>Parses the frame that <paramref name="bytes"/> begin with; <paramref name="length"/> is its length.</summary>
    public static FrameFault TryParse(ReadOnlySpan<byte> bytes, out Gb26875Frame frame, out int length)
    {
        frame = default;
        length = 0;
        if (bytes.Length < 2) return FrameFault.Truncated;
        if (bytes[0] != 0x40 || bytes[1] != 0x40) return FrameFault.Start;
        if (bytes.Length < Overhead) return FrameFault.Truncated;
        var unit = BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]);
        if (unit > UnitMax) return FrameFault.Length;
        length = Overhead + unit;
        if (bytes.Length < length) return FrameFault.Truncated;
        if (Checksum(bytes[2..(27 + unit)]) != bytes[27 + unit]) return FrameFault.Crc;
        if (bytes[28 + unit] != 0x23 || bytes[29 + unit] != 0x23) return FrameFault.End;
        // A unit has at least its type and its count; a confirmation has no unit.
        if (unit == 1) return FrameFault.Body;
        frame = new Gb26875Frame(bytes[..27], bytes.Slice(27, unit));
        return FrameFault.None;
    }

    /// <summary>Low byte of the sum.</summary>
    public static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var b in bytes) sum += b;
        return (byte)sum;
    }

    private static ulong Address(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 32);
}

/// <summary>Six plain binary bytes: second, minute, hour, day, month, year − 2000. Beijing time.</summary>
public readonly ref struct Gb26875Time(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>False when it is not in the calendar, as of a clock that was never set.</summary>
    public bool TryUnixMs(out long unixMs)
    {
        unixMs = 0;
        return _bytes.Length == 6 && ChinaTime.TryUnixMs(2000 + _bytes[5], _bytes[4], _bytes[3], _bytes[2], _bytes[1], _bytes[0], out unixMs);
    }

    /// <summary><c>2021-07-02 09:00:05</c>; null when it is not in the calendar.</summary>
    public override string? ToString() =>
        TryUnixMs(out var ms) ? ChinaTime.Of(ms).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) : null;
}
