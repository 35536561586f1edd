using System.Diagnostics;
using System.Globalization;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>The frames whose decoding took longest by the clock on the wall, to be decoded again.</summary>
internal sealed class SlowestFrames
{
    private const int Kept = 20;
    private const int Times = 200;

    private readonly List<(byte[] Frame, TimeSpan Took)> _frames = [];

    /// <summary>What a frame must have taken to be kept.</summary>
    public TimeSpan Least => _frames.Count < Kept ? TimeSpan.Zero : _frames[^1].Took;

    public void Keep(ReadOnlySpan<byte> frame, TimeSpan took)
    {
        if (_frames.Count == Kept) _frames.RemoveAt(Kept - 1);
        _frames.Add((frame.ToArray(), took));
        _frames.Sort((a, b) => b.Took.CompareTo(a.Took));
    }

    /// <summary>Decodes each again many times, values and JSON: the best and the worst of the times, and the slowest frame itself.</summary>
    public IEnumerable<string> Again(string protocol, DecodeOne decode)
    {
        var (best, worst, slowest) = (TimeSpan.Zero, TimeSpan.Zero, _frames[0].Frame);
        foreach (var (frame, _) in _frames)
        {
            var least = TimeSpan.MaxValue;
            for (var i = 0; i < Times; i++)
            {
                var from = Stopwatch.GetTimestamp();
                decode(frame);
                var took = Stopwatch.GetElapsedTime(from);
                if (took < least) least = took;
                if (took > worst) worst = took;
            }
            if (least <= best) continue;
            (best, slowest) = (least, frame);
        }
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{protocol}: the {_frames.Count} slowest ({_frames[^1].Took.TotalMilliseconds:0.000}–{_frames[0].Took.TotalMilliseconds:0.0} ms), each decoded {Times} times again with JSON: slowest frame {best.TotalMilliseconds:0.000} ms at best, worst of all {worst.TotalMilliseconds:0.000} ms");
        yield return $"{protocol}: slowest frame, {slowest.Length} bytes: {Convert.ToHexString(slowest)}";
    }

    public delegate void DecodeOne(ReadOnlySpan<byte> frame);
}
