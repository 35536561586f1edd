using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>Bytes of a payload that are no frame, or a frame that may not be believed.</summary>
/// <param name="Fault">Why.</param>
/// <param name="From">Where they begin.</param>
/// <param name="Bytes">How many they are.</param>
internal readonly record struct FrameStretch(FrameFault Fault, int From, int Bytes);

/// <summary>
/// Goes through a payload frame by frame. What is damaged is passed over: as far as its own head says when another frame begins there, else to the next
/// whole frame. Line ends and NUL between and behind frames are nothing.
/// </summary>
/// <remarks>
/// Arithmetic: a byte is looked at once for a start mark. What passing over costs besides, check values of what only looks like a frame, is limited for a
/// payload to <see cref="EffortMax"/> bytes, some 20 ms; 256 KiB of start marks would cost a gigabyte. A payload of eight hundred damaged packets is past that, and the rest of it is one stretch.
/// </remarks>
internal ref struct FrameRun(ReadOnlySpan<byte> payload, FrameBounds bounds)
{
    private const int EffortMax = 8 << 20;

    // As much of it says that a frame has ended.
    private const int PaddingMax = 64;

    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _effort = EffortMax;
    private int _wholeAt;

    /// <summary>How much of the payload has been gone through.</summary>
    public int At { get; private set; }

    /// <summary>What is left of it.</summary>
    public readonly ReadOnlySpan<byte> Rest => _payload[At..];

    private static ReadOnlySpan<byte> Padding => "\r\n\0"u8;

    /// <summary>Goes to what may be the next frame; false when nothing but padding is left.</summary>
    public bool Next()
    {
        At = _payload.Length - Rest.TrimStart(Padding).Length;
        return At < _payload.Length;
    }

    /// <summary>Takes the frame that begins here.</summary>
    /// <param name="bytes">Its length.</param>
    public void Take(int bytes) => At += bytes;

    /// <summary>Passes over what begins here and is at fault.</summary>
    /// <param name="fault">Why it is no frame.</param>
    public FrameStretch Skip(FrameFault fault)
    {
        var from = At;
        var claim = bounds.ClaimOf(Rest);
        // The check value is right, and so is the length.
        var end = fault is FrameFault.Body or FrameFault.Oversize ? from + claim : EndOf(from, claim);
        if (fault is FrameFault.Crc or FrameFault.End && from + claim > end) fault = FrameFault.Truncated;
        At = end;
        return new FrameStretch(fault, from, end - from);
    }

    /// <summary>Takes the next SL 651 frame, whatever damaged bytes stand before it.</summary>
    /// <param name="frame">The frame.</param>
    public bool TryTake(out Sl651Frame frame)
    {
        frame = default;
        while (Next())
        {
            var fault = Sl651Frame.TryParse(Rest, out frame);
            if (fault == FrameFault.None)
            {
                Take(frame.Bytes);
                return true;
            }
            Skip(fault);
        }
        return false;
    }

    /// <summary>Parses the HJ 212 packet that begins here.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="length">Its bytes, with the line end if one follows.</param>
    public readonly FrameFault Parse(out Hj212Packet packet, out int length)
    {
        var rest = Rest[..Math.Min(Rest.Length, bounds.FrameBytesMax)];
        length = Hj212Packet.LengthOf(rest) is var found and > 0 ? Math.Min(found, rest.Length) : rest.Length;
        return Hj212Packet.TryParse(rest[..length], out packet);
    }

    /// <summary>Takes the next HJ 212 packet, whatever damaged bytes stand before it.</summary>
    /// <param name="packet">The packet.</param>
    public bool TryTake(out Hj212Packet packet)
    {
        packet = default;
        while (Next())
        {
            var fault = Parse(out packet, out var length);
            if (fault == FrameFault.None)
            {
                Take(length);
                return true;
            }
            Skip(fault);
        }
        return false;
    }

    /// <summary>The SL 651 frames of a payload, one behind the other and nothing between them.</summary>
    /// <param name="payload">Frames and other bytes.</param>
    public static byte[] Sl651FramesOf(ReadOnlySpan<byte> payload)
    {
        var frames = new List<byte>(payload.Length);
        var run = new FrameRun(payload, FrameBounds.Sl651);
        while (run.TryTake(out Sl651Frame frame)) frames.AddRange(payload.Slice(run.At - frame.Bytes, frame.Bytes));
        return [.. frames];
    }

    private int EndOf(int from, int claim)
    {
        if ((_effort -= bounds.FrameBytesMax) < 0) return _payload.Length;
        if (_wholeAt <= from) _wholeAt = NextWhole(from);
        if (claim > 0) return from + claim < _wholeAt && MayEndAt(from + claim) ? from + claim : _wholeAt;
        // Noise ends where something begins that at least ends like a frame: what is wrong with that is told apart.
        for (var at = from + 1; at < _wholeAt; at++)
            if (bounds.ClaimOf(_payload[at..]) is var behind and > 0 && at + behind <= _payload.Length && MayEndAt(at + behind)) return at;
        return _wholeAt;
    }

    // Behind a frame comes another one, padding or nothing.
    private readonly bool MayEndAt(int at)
    {
        if (at > _payload.Length) return false;
        var padding = _payload.Slice(at, Math.Min(_payload.Length - at, PaddingMax));
        var rest = padding.TrimStart(Padding);
        return rest.IsEmpty || bounds.ClaimOf(_payload[(at + padding.Length - rest.Length)..]) > 0;
    }

    private int NextWhole(int from)
    {
        for (var at = from + 1; at < _payload.Length && _effort > 0; at++)
        {
            var claim = bounds.ClaimOf(_payload[at..]);
            if (claim <= 0 || at + claim > _payload.Length) continue;
            _effort -= claim;
            if (bounds.IsWhole(_payload.Slice(at, claim))) return at;
        }
        return _payload.Length;
    }
}
