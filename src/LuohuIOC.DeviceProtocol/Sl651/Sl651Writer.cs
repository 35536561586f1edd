using System.Buffers.Binary;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>
/// Writes frames into a buffer of the caller: what a centre answers and asks, and what a simulated station reports. The buffer must
/// hold <see cref="Sl651Frame.BytesMax"/>; every method returns the frame's length.
/// </summary>
public static class Sl651Writer
{
    /// <summary>
    /// The centre's answer to an uplink: its serial, the time now, and what is to happen: <see cref="Sl651Mark.Eot"/> ends the talk,
    /// <see cref="Sl651Mark.Esc"/> keeps the station on the line, <see cref="Sl651Mark.Ack"/> asks for the next packet, <see cref="Sl651Mark.Nak"/> for the same again.
    /// </summary>
    public static int Acknowledge(Span<byte> into, in Sl651Frame uplink, long nowMs, byte end) => Acknowledge(into, uplink, uplink.Serial, nowMs, end);

    /// <summary>The same for a packet behind the first, which does not say its message's serial.</summary>
    public static int Acknowledge(Span<byte> into, in Sl651Frame uplink, ushort serial, long nowMs, byte end)
    {
        Span<byte> body = stackalloc byte[Sl651Frame.HeadingBytes];
        Heading(body, serial, nowMs);
        return uplink.IsAscii
            ? Ascii(into, uplink.Center, uplink.Station, uplink.Password, uplink.Function, true, AsAscii(body, stackalloc byte[16]), end)
            : Hex(into, uplink.Center, uplink.Station, uplink.Password, uplink.Function, true, body, end);
    }

    /// <summary>
    /// Asks for one packet of a message again (HEX): <c>7E7E 0012345678 01 1234 36 800B 16 003002 0007 230907180000 15</c> is packet 2 of 3 of message 7.
    /// </summary>
    public static int AskAgain(Span<byte> into, in Sl651Frame uplink, int packet, ushort serial, long nowMs)
    {
        Span<byte> body = stackalloc byte[Sl651Frame.HeadingBytes];
        Heading(body, serial, nowMs);
        return Hex(into, uplink.Center, uplink.Station, uplink.Password, uplink.Function, true, body, Sl651Mark.Nak, uplink.PacketTotal, packet);
    }

    /// <summary>4A: sets the station's clock to the send time.</summary>
    public static int SetClock(Span<byte> into, byte center, ulong station, ushort password, ushort serial, long nowMs) =>
        Ask(into, center, station, password, Sl651Function.SetClock, serial, nowMs, default);

    /// <summary>37: asks for the values of now.</summary>
    public static int QueryNow(Span<byte> into, byte center, ulong station, ushort password, ushort serial, long nowMs) =>
        Ask(into, center, station, password, Sl651Function.QueryNow, serial, nowMs, default);

    /// <summary>38: asks for one element over a period at equal steps; the definition says how the station answers, for example 23 for a level.</summary>
    public static int QueryPeriod(
        Span<byte> into, byte center, ulong station, ushort password, ushort serial, long nowMs, long fromMs, long toMs, int stepMinutes, byte element, byte definition)
    {
        // YYMMDDHH from and to, 04 18 dhm, element
        Span<byte> period = stackalloc byte[15];
        Span<byte> time = stackalloc byte[6];
        Time(time, fromMs);
        time[..4].CopyTo(period);
        Time(time, toMs);
        time[..4].CopyTo(period[4..]);
        (period[8], period[9]) = (Sl651Elements.TimeStep, 0x18);
        (period[10], period[11], period[12]) = (Bcd(stepMinutes / 1440), Bcd(stepMinutes / 60 % 24), Bcd(stepMinutes % 60));
        (period[13], period[14]) = (element, definition);
        return Ask(into, center, station, password, Sl651Function.QueryPeriod, serial, nowMs, period);
    }

    /// <summary>A downlink that asks (ENQ): heading, F1F1 and station, then what the function needs.</summary>
    public static int Ask(Span<byte> into, byte center, ulong station, ushort password, byte function, ushort serial, long nowMs, ReadOnlySpan<byte> what)
    {
        Span<byte> body = stackalloc byte[Sl651Frame.HeadingBytes + 7 + what.Length];
        Heading(body, serial, nowMs);
        (body[8], body[9]) = (Sl651Elements.StationAddress, Sl651Elements.StationAddress);
        Address(body[10..], station);
        what.CopyTo(body[15..]);
        return Hex(into, center, station, password, function, true, body, Sl651Mark.Enq);
    }

    /// <summary>A HEX frame around a body.</summary>
    public static int Hex(Span<byte> into, byte center, ulong station, ushort password, byte function, bool down, ReadOnlySpan<byte> body, byte end) =>
        Hex(into, center, station, password, function, down, body, end, 0, 0);

    /// <summary>A HEX frame, packet <paramref name="packet"/> of <paramref name="packets"/> when there are several.</summary>
    public static int Hex(
        Span<byte> into, byte center, ulong station, ushort password, byte function, bool down, ReadOnlySpan<byte> body, byte end, int packets, int packet)
    {
        into[0] = into[1] = Sl651Mark.HexStart;
        into[down ? 7 : 2] = center;
        Address(into[(down ? 2 : 3)..], station);
        BinaryPrimitives.WriteUInt16BigEndian(into[8..], password);
        into[10] = function;
        var head = packets > 0 ? 17 : 14;
        BinaryPrimitives.WriteUInt16BigEndian(into[11..], (ushort)((down ? 0x8000 : 0) | (body.Length + head - 14)));
        into[13] = packets > 0 ? Sl651Mark.Syn : Sl651Mark.Stx;
        if (packets > 0) (into[14], into[15], into[16]) = ((byte)(packets >> 4), (byte)((packets << 4) | (packet >> 8)), (byte)packet);
        body.CopyTo(into[head..]);
        var at = head + body.Length;
        into[at++] = end;
        BinaryPrimitives.WriteUInt16BigEndian(into[at..], Crc16.Modbus(into[..at]));
        return at + 2;
    }

    /// <summary>An ASCII frame around a body that is text already.</summary>
    public static int Ascii(Span<byte> into, byte center, ulong station, ushort password, byte function, bool down, ReadOnlySpan<byte> body, byte end)
    {
        into[0] = Sl651Mark.AsciiStart;
        HexText.Write(into.Slice(down ? 11 : 1, 2), center);
        HexText.Write(into.Slice(down ? 1 : 3, 10), station);
        HexText.Write(into.Slice(13, 4), password);
        HexText.Write(into.Slice(17, 2), function);
        HexText.Write(into.Slice(19, 4), (ulong)((down ? 0x8000 : 0) | body.Length));
        into[23] = Sl651Mark.Stx;
        body.CopyTo(into[24..]);
        var at = 24 + body.Length;
        into[at++] = end;
        HexText.Write(into.Slice(at, 4), Crc16.Modbus(into[..at]));
        return at + 4;
    }

    /// <summary>Serial and send time, Beijing time.</summary>
    public static void Heading(Span<byte> into, ushort serial, long sentMs)
    {
        BinaryPrimitives.WriteUInt16BigEndian(into, serial);
        Time(into.Slice(2, 6), sentMs);
    }

    /// <summary>YYMMDDHHmmSS, or as many bytes of it as there is room for.</summary>
    public static void Time(Span<byte> into, long unixMs)
    {
        var at = ChinaTime.Of(unixMs);
        ReadOnlySpan<int> parts = [at.Year % 100, at.Month, at.Day, at.Hour, at.Minute, at.Second];
        for (var i = 0; i < into.Length; i++) into[i] = Bcd(parts[i]);
    }

    /// <summary>One element: identifier, definition and packed BCD; returns the bytes written. A value that does not fit is written as missing.</summary>
    public static int Element(Span<byte> into, byte id, int bytes, int decimals, double? value)
    {
        (into[0], into[1]) = (id, (byte)((bytes << 3) | decimals));
        var data = into.Slice(2, bytes);
        var scaled = Math.Round(Math.Abs(value ?? double.NaN) * Math.Pow(10, decimals));
        var digits = 2 * (value < 0 ? bytes - 1 : bytes);
        if (!(scaled < Math.Pow(10, digits)))
        {
            data.Fill(0xFF);
            return bytes + 2;
        }
        var whole = (long)scaled;
        for (var i = bytes - 1; i >= 0; i--, whole /= 100) data[i] = Bcd((int)(whole % 100));
        if (value < 0) data[0] = 0xFF;
        return bytes + 2;
    }

    /// <summary>Five bytes of station address.</summary>
    public static void Address(Span<byte> into, ulong station)
    {
        into[0] = (byte)(station >> 32);
        BinaryPrimitives.WriteUInt32BigEndian(into[1..], (uint)station);
    }

    private static byte Bcd(int twoDigits) => (byte)((twoDigits / 10 << 4) | (twoDigits % 10));

    private static ReadOnlySpan<byte> AsAscii(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        for (var i = 0; i < bytes.Length; i++) HexText.Write(into.Slice(2 * i, 2), bytes[i]);
        return into[..(2 * bytes.Length)];
    }
}
