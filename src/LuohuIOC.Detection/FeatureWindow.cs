namespace LuohuIOC.Detection;

/// <summary>
/// The last readings of one station, as levels and steps. A metric that is missing from the latest reading counts with its last
/// value in the window; one that is missing from more than half of the window gives NaN.
/// </summary>
internal sealed class FeatureWindow(int metrics, int readings, long gapMs)
{
    private readonly double[] _ring = new double[metrics * readings];
    private int _next;
    private long _lastMs;

    /// <summary>Readings in the window.</summary>
    public int Filled { get; private set; }

    public bool IsWarm => Filled == readings;

    /// <summary>Takes a reading; times must not go back. A silence longer than the gap starts the window anew.</summary>
    public void Add(long timeMs, ReadOnlySpan<double> values)
    {
        if (Filled > 0 && timeMs - _lastMs > gapMs) Clear();
        _lastMs = timeMs;
        values[..metrics].CopyTo(_ring.AsSpan(_next * metrics));
        _next = (_next + 1) % readings;
        Filled = Math.Min(Filled + 1, readings);
    }

    public void Clear()
    {
        Filled = 0;
        _next = 0;
    }

    /// <summary>Mean of a metric in the window and its latest value less that mean; NaN when over half of the window lacks it.</summary>
    public (double Level, double Step) Of(int metric)
    {
        var sum = 0.0;
        var present = 0;
        var latest = double.NaN;
        for (var age = Filled; age >= 1; age--)
        {
            var value = _ring[(_next - age + readings) % readings * metrics + metric];
            if (double.IsNaN(value)) continue;
            sum += value;
            present++;
            latest = value;
        }
        if (present * 2 < Filled || present == 0) return (double.NaN, double.NaN);
        var level = sum / present;
        return (level, latest - level);
    }
}
