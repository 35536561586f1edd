using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>Why a frame was refused, in the words of its fields. Slow: for whoever looks at one, not for the stream.</summary>
public static class Sl651Diagnosis
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789ABCDEFabcdef"u8);

    /// <param name="bytes">The frame, or its beginning.</param>
    /// <param name="isWhole">True when nothing of it is left out.</param>
    /// <returns>Null when it is in order as far as it is here.</returns>
    public static FrameFinding? Of(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        var isAscii = bytes is [Sl651Mark.AsciiStart, ..];
        if (!isAscii && !bytes.StartsWith((ReadOnlySpan<byte>)[Sl651Mark.HexStart, Sl651Mark.HexStart])) return FrameFinding.OfStart(bytes, "7E 7E", "01");
        var overhead = isAscii ? Sl651Frame.AsciiOverhead : Sl651Frame.HexOverhead;
        if (bytes.Length < overhead) return isWhole ? new FrameFinding("truncated.head", bytes.Length) : null;
        ulong length = BinaryPrimitives.ReadUInt16BigEndian(bytes[11..]);
        if (isAscii && !HexText.TryRead(bytes.Slice(19, 4), out length)) return new FrameFinding("sl651.length", FrameFinding.Shown(bytes.Slice(19, 4)));
        var total = overhead + (int)(length & 0xFFF);
        if (bytes.Length < total) return isWhole ? new FrameFinding("truncated", total, bytes.Length) : null;
        return OfEnvelope(bytes[..total], isAscii, length >> 12) ?? (Sl651Frame.TryParse(bytes[..total], out var frame) == FrameFault.None ? OfBody(frame) : null);
    }

    private static FrameFinding? OfEnvelope(ReadOnlySpan<byte> frame, bool isAscii, ulong direction)
    {
        var digits = isAscii ? 4 : 2;
        ulong sent = BinaryPrimitives.ReadUInt16BigEndian(frame[^2..]);
        if (isAscii && !HexText.TryRead(frame[^4..], out sent)) return new FrameFinding("sl651.check.digits", FrameFinding.Shown(frame[^4..]));
        var right = Crc16.Modbus(frame[..^digits]);
        if (right != sent) return FrameFinding.OfCheck((ushort)sent, right, Crc16.Hj212(frame[..^digits]));
        var mark = isAscii ? 23 : 13;
        if (frame[mark] is not (Sl651Mark.Stx or Sl651Mark.Syn)) return new FrameFinding("sl651.begin", mark + 1, FrameFinding.Shown(frame.Slice(mark, 1)));
        if (direction is not (0 or 8)) return new FrameFinding("sl651.direction", direction.ToString("X", CultureInfo.InvariantCulture));
        var end = frame.Length - digits - 1;
        if (Sl651Mark.NameOfEnd(frame[end]) is null) return new FrameFinding("sl651.end", end + 1, FrameFinding.Shown(frame.Slice(end, 1)));
        if (isAscii && frame[1..19].ContainsAnyExcept(Digits)) return new FrameFinding("sl651.head", FrameFinding.Shown(frame[1..19]));
        return frame[mark] == Sl651Mark.Syn ? OfPacket(frame, isAscii) : null;
    }

    private static FrameFinding? OfPacket(ReadOnlySpan<byte> frame, bool isAscii)
    {
        ulong total, index;
        if (!isAscii && frame.Length < Sl651Frame.HexOverhead + 3) return new FrameFinding("truncated.head", frame.Length);
        if (!isAscii) (total, index) = ((ulong)((frame[14] << 4) | (frame[15] >> 4)), (ulong)(((frame[15] & 15) << 8) | frame[16]));
        else if (frame.Length < Sl651Frame.AsciiOverhead + 6 || !HexText.TryRead(frame.Slice(24, 3), out total) | !HexText.TryRead(frame.Slice(27, 3), out index)) return new FrameFinding("sl651.packet", FrameFinding.Shown(frame[24..]));
        return index < 1 || index > total ? new FrameFinding("packet", index, total) : null;
    }

    private static FrameFinding? OfBody(in Sl651Frame frame)
    {
        if (frame.IsDown) return new FrameFinding("sl651.down");
        if (frame.PacketIndex > 1 || Sl651Function.BodyOf(frame.Function) != Sl651BodyKind.Elements) return null;
        if (!frame.HasHeading) return new FrameFinding("sl651.heading", frame.Body.Length);
        var isSent = frame.SendTime.TryUnixMs(out _);
        // Packets that follow are not here: an element that ends in one of them is no fault.
        return frame.IsAscii ? OfAscii(frame, isSent) : frame.IsPacket ? null : OfHex(frame, isSent);
    }

    private static FrameFinding? OfHex(in Sl651Frame frame, bool isSent)
    {
        var content = frame.Content;
        var items = new Sl651Items(content, frame.Function);
        while (items.MoveNext())
            if (OfTime(items.Current.HasTime, items.Current.Time, frame, isSent) is { } time) return time;
        if (items.Fault == FrameFault.None) return null;
        var at = content.Length - items.Left;
        return new FrameFinding("sl651.element", frame.Bytes - content.Length - 3 + at + 1, FrameFinding.Shown(content.Slice(at, Math.Min(3, items.Left))));
    }

    private static FrameFinding? OfAscii(in Sl651Frame frame, bool isSent)
    {
        var content = frame.Content;
        var items = new Sl651AsciiItems(content);
        while (items.MoveNext())
            if (items.Current.Element is not null && OfTime(items.Current.HasTime, items.Current.Time, frame, isSent) is { } time) return time;
        if (items.Fault == FrameFault.None) return null;
        var read = content[..^items.Left].TrimEnd((byte)' ');
        var word = read[(read.LastIndexOf((byte)' ') + 1)..];
        return new FrameFinding("sl651.word", frame.Bytes - content.Length - 5 + read.Length - word.Length + 1, FrameFinding.Shown(word));
    }

    private static FrameFinding? OfTime(bool hasTime, BcdTime time, in Sl651Frame frame, bool isSent)
    {
        if (hasTime && !time.TryUnixMs(out _)) return new FrameFinding("sl651.time", Shown(time, 10));
        return hasTime || isSent ? null : new FrameFinding("sl651.undated", Shown(frame.SendTime, 12));
    }

    private static string Shown(BcdTime time, int digits) => time.Nibbles.ToString($"X{digits}", CultureInfo.InvariantCulture);
}
