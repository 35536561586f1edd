using System.Buffers.Binary;
using System.Text;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Gb26875;

/// <summary>Writes frames into a buffer of the caller: what a centre answers and asks, and what a simulated transmitter sends.</summary>
public static class Gb26875Writer
{
    static Gb26875Writer() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Confirms (3) or denies (6) a frame: same serial and version, source and target exchanged, no unit. The sender repeats what is denied.</summary>
    public static int Reply(Span<byte> into, in Gb26875Frame to, Gb26875Command command, long nowMs) =>
        Frame(into, to.Serial, to.Version, nowMs, to.Target, to.Source, command, default);

    /// <summary>90: sets the transmitter's clock.</summary>
    public static int SetClock(Span<byte> into, ushort serial, ushort version, ulong source, ulong target, long nowMs)
    {
        Span<byte> unit = stackalloc byte[8];
        (unit[0], unit[1]) = (Gb26875Type.SetClock, 1);
        Time(unit[2..], nowMs);
        return Frame(into, serial, version, nowMs, source, target, Gb26875Command.Control, unit);
    }

    /// <summary>91: asks whether the guard is there.</summary>
    public static int GuardCheck(Span<byte> into, ushort serial, ushort version, ulong source, ulong target, long nowMs, byte timeoutMinutes) =>
        Frame(into, serial, version, nowMs, source, target, Gb26875Command.Control, [Gb26875Type.GuardCheck, 1, timeoutMinutes]);

    /// <summary>A unit of one component's state (type 2); text beyond 31 bytes of GB 18030 is cut between characters. Returns its length, 48.</summary>
    public static int ComponentState(
        Span<byte> into, byte system, byte address, byte component, uint componentAddress, ushort state, string description, long unixMs)
    {
        into = into[..48];
        into.Clear();
        (into[0], into[1], into[2], into[3], into[4]) = (Gb26875Type.ComponentState, 1, system, address, component);
        BinaryPrimitives.WriteUInt32LittleEndian(into[5..], componentAddress);
        BinaryPrimitives.WriteUInt16LittleEndian(into[9..], state);
        Encoding.GetEncoding("GB18030").GetEncoder().Convert(description, into.Slice(11, 31), true, out _, out _, out _);
        Time(into[42..], unixMs);
        return 48;
    }

    /// <summary>A unit of one analogue value (type 3). Returns its length, 18.</summary>
    public static int Analogue(
        Span<byte> into, byte system, byte address, byte component, uint componentAddress, byte kind, short raw, long unixMs)
    {
        (into[0], into[1], into[2], into[3], into[4]) = (Gb26875Type.Analogue, 1, system, address, component);
        BinaryPrimitives.WriteUInt32LittleEndian(into[5..], componentAddress);
        into[9] = kind;
        BinaryPrimitives.WriteInt16LittleEndian(into[10..], raw);
        Time(into.Slice(12, 6), unixMs);
        return 18;
    }

    /// <summary>A frame around an application unit; returns its length, 30 more than the unit's.</summary>
    public static int Frame(
        Span<byte> into, ushort serial, ushort version, long nowMs, ulong source, ulong target, Gb26875Command command, ReadOnlySpan<byte> unit)
    {
        into[0] = into[1] = 0x40;
        BinaryPrimitives.WriteUInt16LittleEndian(into[2..], serial);
        BinaryPrimitives.WriteUInt16LittleEndian(into[4..], version);
        Time(into.Slice(6, 6), nowMs);
        Address(into.Slice(12, 6), source);
        Address(into.Slice(18, 6), target);
        BinaryPrimitives.WriteUInt16LittleEndian(into[24..], (ushort)unit.Length);
        into[26] = (byte)command;
        unit.CopyTo(into[27..]);
        var at = 27 + unit.Length;
        into[at] = Gb26875Frame.Checksum(into[2..at]);
        into[at + 1] = into[at + 2] = 0x23;
        return at + 3;
    }

    private static void Time(Span<byte> into, long unixMs)
    {
        var at = ChinaTime.Of(unixMs);
        (into[0], into[1], into[2], into[3], into[4], into[5]) =
            ((byte)at.Second, (byte)at.Minute, (byte)at.Hour, (byte)at.Day, (byte)at.Month, (byte)(at.Year - 2000));
    }

    private static void Address(Span<byte> into, ulong address)
    {
        for (var i = 0; i < 6; i++, address >>= 8) into[i] = (byte)address;
    }
}
