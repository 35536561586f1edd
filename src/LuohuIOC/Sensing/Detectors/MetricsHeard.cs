namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// When each metric of a detector came last: one that comes no more, or is bad all the time, is not watched, whatever the others say. In the sensor's own time,
/// so that a sensor that is silent altogether has none missing: its silence is told by a rule.
/// </summary>
internal sealed class MetricsHeard
{
    /// <summary>Longer than an analyser that measures once a day takes.</summary>
    public const long MissingMs = 26 * 3_600_000L;

    private readonly long[] _heardMs;

    /// <param name="metrics">How many there are.</param>
    /// <param name="stored">What <see cref="Snapshot"/> gave; what does not fit begins anew; null in what older versions wrote.</param>
    public MetricsHeard(int metrics, long[]? stored) => _heardMs = stored?.Length == metrics ? [.. stored] : new long[metrics];

    public void Take(int metric, long timeMs) => _heardMs[metric] = timeMs;

    /// <summary>Those that have come once and not for long, bit m for metric m.</summary>
    public ulong MissingAt(long timeMs)
    {
        var missing = 0UL;
        for (var m = 0; m < _heardMs.Length; m++)
            if (_heardMs[m] != 0 && timeMs - _heardMs[m] > MissingMs) missing |= 1UL << m;
        return missing;
    }

    public long[] Snapshot() => [.. _heardMs];
}
