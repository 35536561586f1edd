namespace LuohuIOC.Sensing.Rain;

/// <summary>
/// What fell at a gauge in each quarter of an hour of the last ten days, 4 KB: a station that sends what it kept during an outage is judged by the rain of its readings' own time,
/// and not by the storm in which the line came back. Not stored: of the time before the start only what the gauge had left then is known.
/// </summary>
internal sealed class RainBins
{
    private const long BinMs = 15 * 60_000;
    private const int Count = 10 * 24 * 4;

    private readonly float[] _mm = new float[Count];
    private long _newest = -1;
    private long _fromMs;
    private double[] _before = [];

    /// <summary>Begins with what was left, by reservoir, at a time; 0 and nothing for a gauge that was never heard.</summary>
    public void Begin(long fromMs, ReadOnlySpan<double> left)
    {
        _mm.AsSpan().Clear();
        (_newest, _fromMs, _before) = (-1, fromMs, fromMs == 0 ? [] : left.ToArray());
    }

    public void Add(long timeMs, double mm)
    {
        if (!(mm >= 0) || !double.IsFinite(mm)) return;
        if (_fromMs == 0) _fromMs = timeMs;
        if (timeMs < _fromMs)
        {
            // A backlog behind the newest reading; of a time before the start it counts as far as it was left then.
            if (_before.Length == 0) _fromMs = timeMs;
            for (var i = 0; i < _before.Length; i++) _before[i] += mm * Math.Exp((timeMs - _fromMs) / (RainReach.AllHours[i] * 3_600_000));
            if (_before.Length > 0) return;
        }
        var bin = timeMs / BinMs;
        if (bin > _newest)
        {
            for (var dry = Math.Max(_newest + 1, bin - Count + 1); dry <= bin; dry++) _mm[dry % Count] = 0;
            _newest = bin;
        }
        else if (bin <= _newest - Count) return;
        _mm[bin % Count] += (float)mm;
    }

    /// <summary>Undrained millimetres at a time that has passed; NaN when the gauge had not been heard by then, null when that is not known any more.</summary>
    /// <param name="reservoir">Its index.</param>
    /// <param name="drainMs">Its drain time.</param>
    /// <param name="timeMs">Unix ms.</param>
    public double? LeftAt(int reservoir, double drainMs, long timeMs)
    {
        if (timeMs < _fromMs) return _before.Length == 0 ? double.NaN : null;
        var oldest = Math.Max(_newest - Count + 1, _fromMs / BinMs);
        var bin = timeMs / BinMs;
        if (bin < oldest) return null;
        var left = reservoir < _before.Length ? _before[reservoir] * Math.Exp((_fromMs - timeMs) / drainMs) : 0;
        for (var at = oldest; at <= Math.Min(bin, _newest); at++)
            if (_mm[at % Count] is > 0 and var mm) left += mm * Math.Exp(-Math.Max(0, timeMs - (at * BinMs) - (BinMs / 2)) / drainMs);
        return left;
    }
}
