namespace LuohuIOC.Detection;

/// <summary>
/// How much of the fallen rain has not drained yet, as linear reservoirs (the antecedent precipitation index of hydrology): each
/// millimetre fades as e^(−t/T). Rain of 100 mm is remembered longer than a drizzle, and no list of readings is kept.
/// </summary>
public sealed class WaterStore
{
    private readonly double[] _drainMs;
    private readonly double[] _left;
    private long _atMs;

    /// <param name="drainHours">T of each reservoir, above 0.</param>
    public WaterStore(ReadOnlySpan<double> drainHours)
    {
        _drainMs = new double[drainHours.Length];
        _left = new double[drainHours.Length];
        for (var i = 0; i < _drainMs.Length; i++) _drainMs[i] = drainHours[i] * 3_600_000;
    }

    /// <summary>Time of the newest reading, Unix ms; 0 before the first.</summary>
    public long AtMs => _atMs;

    /// <summary>Takes a gauge's reading. One that comes late counts as if it had come in time.</summary>
    /// <param name="timeMs">Unix ms.</param>
    /// <param name="mm">Rain since the reading before.</param>
    public void Add(long timeMs, double mm)
    {
        if (!(mm >= 0) || !double.IsFinite(mm)) return;
        var at = Math.Max(_atMs, timeMs);
        for (var i = 0; i < _left.Length; i++)
            _left[i] = (_left[i] * Math.Exp((_atMs - at) / _drainMs[i])) + (mm * Math.Exp((timeMs - at) / _drainMs[i]));
        _atMs = at;
    }

    /// <summary>Millimetres left in a reservoir at this time; before the newest reading it is what that left.</summary>
    public double LeftAt(int reservoir, long timeMs) =>
        _left[reservoir] * Math.Exp(-Math.Max(0, timeMs - _atMs) / _drainMs[reservoir]);

    /// <summary>To be stored: the millimetres as of <see cref="AtMs"/>.</summary>
    public double[] Snapshot() => [.. _left];

    /// <summary>Takes up what was stored; of another number of reservoirs nothing is taken.</summary>
    public void Restore(long atMs, ReadOnlySpan<double> left)
    {
        if (left.Length != _left.Length || atMs < 0) return;
        foreach (var mm in left)
            if (!(mm >= 0) || !double.IsFinite(mm)) return;
        left.CopyTo(_left);
        _atMs = atMs;
    }
}
