using System.Runtime.InteropServices;

namespace LuohuIOC.Detection;

/// <summary>A station's past as the trainer takes it: times in order and one row of values for each, NaN where a metric is missing.</summary>
/// <param name="metrics">Wire names; the order of a row's values.</param>
public sealed class TrainingHistory(IReadOnlyList<string> metrics)
{
    private readonly List<long> _times = [];
    private readonly List<double> _values = [];
    private readonly List<long> _leftOut = [];

    public IReadOnlyList<string> Metrics { get; } = metrics;

    public int Rows => _times.Count;

    /// <summary>Readings that there were, and that must not teach.</summary>
    public int LeftOut => _leftOut.Count;

    /// <summary>Unix milliseconds.</summary>
    public ReadOnlySpan<long> TimesMs => CollectionsMarshal.AsSpan(_times);

    public ReadOnlySpan<double> Row(int row) => CollectionsMarshal.AsSpan(_values).Slice(row * Metrics.Count, Metrics.Count);

    public TimeSpan Span => Rows == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(_times[^1] - _times[0]);

    public void Add(long timeMs, ReadOnlySpan<double> values)
    {
        if (values.Length != Metrics.Count) throw new ArgumentException($"{values.Length} values for {Metrics.Count} metrics", nameof(values));
        _times.Add(timeMs);
        foreach (var value in values) _values.Add(value);
    }

    /// <summary>There was a reading, and it must not teach.</summary>
    public void LeaveOut(long timeMs) => _leftOut.Add(timeMs);

    /// <summary>The readings that a detector which passes over closer ones would take.</summary>
    public TrainingHistory Sampled(TimeSpan apart)
    {
        var apartMs = (long)apart.TotalMilliseconds;
        if (apartMs <= 0) return this;
        var sampled = new TrainingHistory(Metrics);
        for (var r = 0; r < Rows; r++)
            if (sampled.Rows == 0 || _times[r] - sampled._times[^1] >= apartMs) sampled.Add(_times[r], Row(r));
        foreach (var timeMs in _leftOut)
            if (sampled.LeftOut == 0 || timeMs - sampled._leftOut[^1] >= apartMs) sampled.LeaveOut(timeMs);
        return sampled;
    }

    /// <summary>The usual time between two readings, ms, at least one second.</summary>
    public long IntervalMs()
    {
        if (Rows < 2) return 1000;
        var steps = new double[Rows - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = _times[i + 1] - _times[i];
        return Math.Max(1000, (long)Quantiles.Of(steps, 0.5));
    }
}
