namespace LuohuIOC.Detection.Health;

/// <summary>
/// What one metric usually reads at each hour of the day and how far readings usually lie from it, learned from the stream: quickly at
/// first, then over a month, so that the season is followed and a fault is not. Constant memory: 52 numbers.
/// </summary>
public sealed class SeasonalLevel
{
    private const int Hours = 24;
    private const long HourMs = 3_600_000;

    /// <summary>Readings of one hour of the day that weigh as much as all before: thirty days of one every ten minutes.</summary>
    private const double MemoryReadings = 180;

    /// <summary>Three days before anything is said.</summary>
    private const long WarmMs = 3 * 24 * HourMs;

    /// <summary>A reading further off than so many spreads teaches no more than one at that distance.</summary>
    private const double ClipSpreads = 4;

    private readonly double[] _centre = new double[Hours];
    private readonly double[] _count = new double[Hours];
    private double _spread;
    private double _spreadCount;
    private long _firstMs;
    private long _lastMs;

    /// <param name="spreadMin">Departures are never measured in less, in the metric's unit: the instrument's resolution.</param>
    public SeasonalLevel(double spreadMin) => SpreadMin = spreadMin;

    public double SpreadMin { get; }

    /// <summary>Mean absolute departure, in the metric's unit.</summary>
    public double Spread => Math.Max(_spread, SpreadMin);

    public bool IsWarm => _firstMs > 0 && _lastMs - _firstMs >= WarmMs;

    /// <summary>What is usual at this hour; NaN for an hour never seen.</summary>
    public double ExpectedAt(long timeMs) => _count[HourOf(timeMs)] > 0 ? _centre[HourOf(timeMs)] : double.NaN;

    /// <summary>How many spreads the value lies above what is usual at this hour; NaN while that is not known.</summary>
    public double Departure(long timeMs, double value) => IsWarm ? (value - ExpectedAt(timeMs)) / Spread : double.NaN;

    /// <summary>Takes a reading that is not under suspicion.</summary>
    /// <param name="timeMs">Its time, Unix ms.</param>
    /// <param name="value">In the metric's unit.</param>
    /// <param name="widens">False: it teaches where the metric is at this hour, and not how far it usually strays.</param>
    public void Learn(long timeMs, double value, bool widens = true)
    {
        if (!double.IsFinite(value)) return;
        if (_firstMs == 0) _firstMs = timeMs;
        _lastMs = Math.Max(_lastMs, timeMs);
        var hour = HourOf(timeMs);
        if (_count[hour] == 0) _centre[hour] = value;
        var off = value - _centre[hour];
        if (IsWarm) off = Math.Clamp(off, -ClipSpreads * Spread, ClipSpreads * Spread);
        _count[hour] = Math.Min(_count[hour] + 1, MemoryReadings);
        _centre[hour] += off / _count[hour];
        if (!widens) return;
        _spreadCount = Math.Min(_spreadCount + 1, MemoryReadings * Hours);
        _spread += (Math.Abs(off) - _spread) / _spreadCount;
    }

    /// <summary>To be stored.</summary>
    public double[] Snapshot() => [.. _centre, .. _count, _spread, _spreadCount, _firstMs, _lastMs];

    /// <summary>Takes up what <see cref="Snapshot"/> gave; false, and nothing taken, for anything else.</summary>
    public bool Restore(ReadOnlySpan<double> stored)
    {
        if (stored.Length != (2 * Hours) + 4) return false;
        foreach (var number in stored)
            if (!double.IsFinite(number)) return false;
        stored[..Hours].CopyTo(_centre);
        stored[Hours..(2 * Hours)].CopyTo(_count);
        (_spread, _spreadCount, _firstMs, _lastMs) = (stored[^4], stored[^3], (long)stored[^2], (long)stored[^1]);
        return true;
    }

    private static int HourOf(long timeMs) => (int)(timeMs / HourMs % Hours);
}
