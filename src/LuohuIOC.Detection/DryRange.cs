namespace LuohuIOC.Detection;

/// <summary>
/// What a metric reads in dry weather: its lowest and highest values, forgotten over weeks. Rain only adds water, so that a value clearly
/// below this range is not explained by it. Constant memory, no allocation per reading.
/// </summary>
public sealed class DryRange
{
    /// <summary>Half of a bound's distance to the present values is forgotten in about five days.</summary>
    private const double ForgetMs = 7 * 86_400_000.0;

    /// <summary>Less than a day of dry weather says little: tide and daily rhythm have not been seen.</summary>
    private const double KnownMs = 86_400_000.0;

    /// <summary>Share of the range that a value must lie below it: noise and the slow forgetting of the low bound.</summary>
    private const double Margin = 0.25;

    private double _low = double.NaN;
    private double _high = double.NaN;
    private double _seenMs;
    private long _lastMs;

    /// <summary>Lowest dry-weather value, NaN before the first.</summary>
    public double Low => _low;

    public double High => _high;

    /// <summary>Enough dry weather was seen to say what is low.</summary>
    public bool IsKnown => _seenMs >= KnownMs;

    /// <summary>Takes a reading of dry weather.</summary>
    /// <param name="timeMs">Unix ms; not before the last.</param>
    /// <param name="value">In the metric's unit; NaN is passed over.</param>
    public void Observe(long timeMs, double value)
    {
        if (!double.IsFinite(value)) return;
        // A gap of hours is rain or silence and counts as no dry weather.
        var elapsed = _lastMs == 0 ? 0 : Math.Clamp(timeMs - _lastMs, 0, 4 * 3_600_000L);
        _lastMs = timeMs;
        if (double.IsNaN(_low))
        {
            _low = _high = value;
            return;
        }
        _seenMs = Math.Min(_seenMs + elapsed, 10 * KnownMs);
        var share = elapsed / ForgetMs;
        _low = Math.Min(value, _low + (share * (value - _low)));
        _high = Math.Max(value, _high + (share * (value - _high)));
    }

    /// <summary>What lies under this is clearly below all of dry weather; NaN while dry weather is not known.</summary>
    public double Floor => IsKnown ? _low - (Margin * (_high - _low)) : double.NaN;

    /// <summary>The value lies clearly below all of dry weather. False while dry weather is not known.</summary>
    public bool IsBelow(double value) => value < Floor;

    /// <summary>To be stored; four numbers.</summary>
    public double[] Snapshot() => [_low, _high, _seenMs, _lastMs];

    /// <summary>Takes up what <see cref="Snapshot"/> gave; anything else begins anew.</summary>
    public void Restore(ReadOnlySpan<double> snapshot)
    {
        if (snapshot.Length != 4 || !(snapshot[0] <= snapshot[1]) || !(snapshot[2] >= 0) || !(snapshot[3] >= 0)) return;
        (_low, _high, _seenMs, _lastMs) = (snapshot[0], snapshot[1], snapshot[2], (long)snapshot[3]);
    }
}
