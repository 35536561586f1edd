using System.Buffers.Binary;
using System.Globalization;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Gb26875;

/// <summary>Why a frame was refused, in the words of its fields. Slow: for whoever looks at one, not for the stream.</summary>
public static class Gb26875Diagnosis
{
    /// <param name="bytes">The frame, or its beginning.</param>
    /// <param name="isWhole">True when nothing of it is left out.</param>
    /// <returns>Null when it is in order as far as it is here.</returns>
    public static FrameFinding? Of(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (!bytes.StartsWith("@@"u8)) return FrameFinding.OfStart(bytes, "40 40");
        if (bytes.Length < 26) return isWhole ? new FrameFinding("truncated.head", bytes.Length) : null;
        var unit = BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]);
        if (unit > Gb26875Frame.UnitMax) return new FrameFinding("gb26875.length", unit, Gb26875Frame.UnitMax);
        var length = Gb26875Frame.Overhead + unit;
        if (bytes.Length < length) return isWhole ? new FrameFinding("truncated", length, bytes.Length) : null;
        var right = Gb26875Frame.Checksum(bytes[2..(27 + unit)]);
        var sent = bytes[27 + unit];
        if (right != sent) return new FrameFinding("gb26875.check", right.ToString("X2", CultureInfo.InvariantCulture), sent.ToString("X2", CultureInfo.InvariantCulture));
        if (bytes[28 + unit] != 0x23 || bytes[29 + unit] != 0x23) return new FrameFinding("gb26875.end", 29 + unit, FrameFinding.Shown(bytes.Slice(28 + unit, 2)));
        if (Gb26875Frame.TryParse(bytes, out var frame, out _) != FrameFault.None) return new FrameFinding("gb26875.unit");
        var size = Gb26875Type.ObjectBytes(frame.Type);
        return size == 0 || frame.Unit.Length == 2 + (frame.Count * size) ? null : new FrameFinding("gb26875.objects", frame.Count, size, frame.Unit.Length - 2);
    }
}
