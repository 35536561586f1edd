using System.Buffers;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>What was cut off the front of a connection's bytes.</summary>
/// <param name="Bytes">A frame, or what lies before one.</param>
/// <param name="Message">What the frame says; null for noise.</param>
/// <param name="Noise">Why the bytes are no frame; None for a frame.</param>
internal readonly record struct StationCut(byte[] Bytes, StationMessage? Message, RejectionReason Noise);

/// <summary>
/// Finds the frames in what one connection has sent. A length made longer by a damaged bit must not hold up the frames behind it: while a frame
/// is incomplete, a whole one with the right check value that stands behind its start is taken, and what lies before that is noise.
/// </summary>
/// <remarks>
/// Arithmetic: with each segment every byte behind an incomplete frame's start is looked at once, at most <see cref="IStationTalk.FrameBytesMax"/>; a check
/// value is computed only with the segment in which its frame would end, so that 4 KB of nothing but start marks cost 16 MB of checksums in all.
/// </remarks>
internal sealed class StationFraming(IStationTalk talk)
{
    // What would end within so many bytes behind the front, and does not begin there, is no frame.
    private int _searched;

    /// <summary>Cuts the next frame, or the noise before one, off; false while neither is whole.</summary>
    public bool TryCut(ref ReadOnlySequence<byte> rest, out StationCut cut)
    {
        cut = default;
        if (rest.IsEmpty) return false;
        var head = rest.Slice(0, Math.Min(rest.Length, talk.FrameBytesMax)).ToArray();
        var length = talk.LengthOf(head);
        if (length > 0 && length <= head.Length) return Frame(ref rest, head[..length], out cut);
        var isIncomplete = length >= 0 && length <= talk.FrameBytesMax && head.Length < talk.FrameBytesMax;
        var noise = isIncomplete ? WholeBehind(head) : NextStart(head);
        if (noise == 0) return false;
        var reason = isIncomplete && talk.ClaimOf(head) > noise ? RejectionReason.FrameTruncated : RejectionReason.FrameInvalid;
        cut = new StationCut(head[..noise], null, reason);
        Drop(ref rest, noise);
        return true;
    }

    private bool Frame(ref ReadOnlySequence<byte> rest, byte[] frame, out StationCut cut)
    {
        cut = new StationCut(frame, talk.Take(frame), RejectionReason.None);
        // Behind a check value that is wrong the length is not believed either: the search goes on behind the start mark.
        Drop(ref rest, cut.Message!.Fault is not (FrameFault.None or FrameFault.Body) ? 1 : frame.Length);
        return true;
    }

    private int WholeBehind(ReadOnlySpan<byte> head)
    {
        for (var at = 1; at < head.Length; at++)
        {
            var claim = talk.ClaimOf(head[at..]);
            var end = at + claim;
            if (claim > 0 && end > _searched && end <= head.Length && talk.IsWhole(head[at..end])) return at;
        }
        _searched = head.Length;
        return 0;
    }

    private int NextStart(ReadOnlySpan<byte> head)
    {
        var next = 1;
        while (next < head.Length && talk.LengthOf(head[next..]) < 0) next++;
        return next;
    }

    private void Drop(ref ReadOnlySequence<byte> rest, int bytes)
    {
        rest = rest.Slice(bytes);
        _searched = Math.Max(0, _searched - bytes);
    }
}
