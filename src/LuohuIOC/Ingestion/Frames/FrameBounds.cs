using System.Buffers.Text;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>How the frames of a protocol are found among other bytes, in a payload of MQTT and on a TCP connection alike.</summary>
internal abstract class FrameBounds
{
    public static FrameBounds Sl651 { get; } = new Sl651Bounds();

    public static FrameBounds Hj212 { get; } = new Hj212Bounds();

    public static FrameBounds Gb26875 { get; } = new Gb26875Bounds();

    /// <summary>A frame that has not ended after this many bytes is none.</summary>
    public abstract int FrameBytesMax { get; }

    /// <summary>Bytes that a frame which begins here has by its own head; 0 or less when none begins here or its head is incomplete.</summary>
    public abstract int ClaimOf(ReadOnlySpan<byte> bytes);

    /// <summary>True when the bytes are one frame: its marks, its length and its check value are right.</summary>
    public abstract bool IsWhole(ReadOnlySpan<byte> frame);

    private sealed class Sl651Bounds : FrameBounds
    {
        public override int FrameBytesMax => Sl651Frame.BytesMax;

        public override int ClaimOf(ReadOnlySpan<byte> bytes) => Sl651Frame.LengthOf(bytes);

        public override bool IsWhole(ReadOnlySpan<byte> frame) => Sl651Frame.TryParse(frame, out var parsed) == FrameFault.None && parsed.Bytes == frame.Length;
    }

    private sealed class Hj212Bounds : FrameBounds
    {
        public override int FrameBytesMax => 9_999 + Hj212Packet.Overhead + 2;

        // ##0101: the digits count the data segment.
        public override int ClaimOf(ReadOnlySpan<byte> bytes) =>
            bytes.Length >= 6 && bytes.StartsWith("##"u8) && Utf8Parser.TryParse(bytes.Slice(2, 4), out ushort segment, out var digits) && digits == 4 ? segment + Hj212Packet.Overhead - 2 : 0;

        public override bool IsWhole(ReadOnlySpan<byte> frame) => Hj212Packet.TryParse(frame, out _) == FrameFault.None;
    }

    private sealed class Gb26875Bounds : FrameBounds
    {
        public override int FrameBytesMax => Gb26875Frame.Overhead + Gb26875Frame.UnitMax;

        public override int ClaimOf(ReadOnlySpan<byte> bytes) => Gb26875Frame.LengthOf(bytes);

        // The check value is a sum of eight bits: the command and the count of objects must fit, too.
        public override bool IsWhole(ReadOnlySpan<byte> frame)
        {
            if (Gb26875Frame.TryParse(frame, out var parsed, out var length) != FrameFault.None || length != frame.Length || !Enum.IsDefined(parsed.Command)) return false;
            var objects = parsed.Objects;
            while (objects.MoveNext()) continue;
            return objects.Fault == FrameFault.None;
        }
    }
}
