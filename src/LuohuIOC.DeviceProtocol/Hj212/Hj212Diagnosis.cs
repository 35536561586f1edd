using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>Why a packet was refused, in the words of its fields. Slow: for whoever looks at one, not for the stream.</summary>
public static class Hj212Diagnosis
{
    /// <param name="bytes">The packet, or its beginning.</param>
    /// <param name="isWhole">True when nothing of it is left out.</param>
    /// <returns>Null when it is in order as far as it is here.</returns>
    public static FrameFinding? Of(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (isWhole) bytes = bytes.TrimEnd("\r\n"u8);
        if (!bytes.StartsWith("##"u8)) return FrameFinding.OfStart(bytes, "##");
        if (bytes.Length < 6) return isWhole ? new FrameFinding("truncated.head", bytes.Length) : null;
        var length = Hj212Packet.Number(bytes.Slice(2, 4));
        if (length < 0) return new FrameFinding("hj212.length.digits", FrameFinding.Shown(bytes.Slice(2, 4)));
        if (isWhole && OfEnvelope(bytes, length) is { } envelope) return envelope;
        return !isWhole || Hj212Packet.TryParse(bytes, out var packet) != FrameFault.None ? OfSegment(isWhole ? bytes[6..^4] : bytes[6..], isWhole) : OfTimes(packet);
    }

    private static FrameFinding? OfEnvelope(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length < Hj212Packet.Overhead - 2) return new FrameFinding("truncated.head", bytes.Length);
        var segment = bytes[6..^4];
        if (!HexText.TryRead(bytes[^4..], out var sent)) return length > segment.Length ? new FrameFinding("truncated", length + 10, bytes.Length) : new FrameFinding("hj212.check.digits", FrameFinding.Shown(bytes[^4..]));
        var right = Crc16.Hj212(segment);
        if (length != segment.Length) return right != sent && length > segment.Length ? new FrameFinding("truncated", length + 10, bytes.Length) : new FrameFinding("hj212.length", length, segment.Length);
        return right == sent ? null : FrameFinding.OfCheck((ushort)sent, right, Crc16.Modbus(segment));
    }

    private static FrameFinding? OfSegment(ReadOnlySpan<byte> segment, bool isWhole)
    {
        var mark = segment.IndexOf("CP=&&"u8);
        if (isWhole && (mark < 0 || segment.Length < mark + 7 || !segment.EndsWith("&&"u8))) return new FrameFinding("hj212.parameters");
        if (mark < 0) return null;
        var header = new Hj212Pairs(segment[..mark], (byte)';');
        foreach (var pair in header)
            if (!pair.HasEquals) return new FrameFinding("hj212.equals", FrameFinding.Shown(pair.Key));
        var command = First(header, "CN"u8);
        if (command.Length != 4 || Hj212Packet.Number(command) < 0) return new FrameFinding("hj212.command");
        var (total, index) = (Hj212Packet.Number(First(header, "PNUM"u8)), Math.Max(0, Hj212Packet.Number(First(header, "PNO"u8))));
        if (total > 0 && (index < 1 || index > total)) return new FrameFinding("packet", index, total);
        if (!Hj212Command.IsData(Hj212Packet.Number(command))) return null;
        var parameters = isWhole ? segment[(mark + 5)..^2] : segment[(mark + 5)..];
        // Of what is cut the last field may be a piece of one.
        if (!isWhole) parameters = parameters.LastIndexOfAny((byte)';', (byte)',') is var end and > 0 ? parameters[..end] : default;
        foreach (var group in new Hj212Groups(parameters))
        {
            foreach (var pair in group)
                if (!pair.HasEquals) return new FrameFinding("hj212.equals", FrameFinding.Shown(pair.Key));
        }
        return null;
    }

    private static ReadOnlySpan<byte> First(Hj212Pairs header, ReadOnlySpan<byte> key)
    {
        foreach (var pair in header)
            if (pair.Key.SequenceEqual(key) && !pair.Value.IsEmpty) return pair.Value;
        return default;
    }

    private static FrameFinding? OfTimes(in Hj212Packet packet)
    {
        if (!Hj212Command.IsData(packet.Command)) return null;
        foreach (var group in packet.Groups)
        {
            ReadOnlySpan<byte> first = default;
            foreach (var pair in group)
            {
                if (Hj212Fields.Is(pair.Key, "DataTime"u8) && !Hj212Time.TryUnixMs(pair.Value, out _)) return new FrameFinding("hj212.time", FrameFinding.Shown(pair.Value));
                if (pair.Factor.IsEmpty) continue;
                if (first.IsEmpty) first = pair.Factor;
                else if (!Hj212Fields.Is(pair.Factor, first)) return new FrameFinding("hj212.factors", FrameFinding.Shown(first), FrameFinding.Shown(pair.Factor));
            }
        }
        var nowhere = new Nowhere();
        return Hj212Readings.Read(packet, ref nowhere) == FrameFault.None ? null : new FrameFinding("hj212.undated");
    }

    private readonly struct Nowhere : IHj212Sink
    {
        public void Value(scoped ReadOnlySpan<byte> factor, long unixMs, double value, bool good)
        {
        }

        public void NotANumber(scoped ReadOnlySpan<byte> factor, long unixMs)
        {
        }

        public void Missing(scoped ReadOnlySpan<byte> factor)
        {
        }

        public void Unknown(scoped ReadOnlySpan<byte> name)
        {
        }
    }
}
