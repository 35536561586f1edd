using LuohuIOC.Detection;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// What one stream takes for rain and does not raise: any strangeness while it is wet, except a fall of the metric below all that it
/// reads in dry weather, because rain takes no water away. What was held back stays on the board with its score.
/// </summary>
internal sealed class RainCover(RainGate gate, int metrics)
{
    private readonly DryRange[] _dry = [.. Enumerable.Range(0, metrics).Select(_ => new DryRange())];

    /// <summary>Undrained rain in millimetres, NaN when unknown.</summary>
    public double Millimetres => gate.Millimetres;

    public double Threshold => gate.Threshold;

    /// <summary>It rained within the station's drain time, as of the last reading.</summary>
    public bool IsWet { get; private set; }

    /// <summary>Scores above the threshold that were not raised since the start.</summary>
    public int HeldBack { get; private set; }

    /// <summary>Time of the last of them, Unix ms; 0 for none.</summary>
    public long LastHeldMs { get; private set; }

    /// <summary>Its score.</summary>
    public double LastScore { get; private set; }

    /// <summary>A metric that falls under this is raised in rain, too; NaN until a day of dry weather was seen.</summary>
    public double FloorOf(int metric) => _dry[metric].Floor;

    /// <summary>Takes a reading, dry ones as what dry weather looks like.</summary>
    public void Observe(long timeMs, ReadOnlySpan<double> values)
    {
        IsWet = gate.IsWet(timeMs);
        if (IsWet) return;
        for (var m = 0; m < _dry.Length; m++) _dry[m].Observe(timeMs, values[m]);
    }

    /// <summary>Whether rain explains what the decisive metric does; counts it when it does.</summary>
    public bool Explains(long timeMs, int metric, double value, double score)
    {
        if (!IsWet || _dry[metric].IsBelow(value)) return false;
        HeldBack++;
        (LastHeldMs, LastScore) = (timeMs, score);
        return true;
    }

    /// <summary>In rain the metric lies below all that it reads in dry weather, which no rain explains.</summary>
    public bool IsFall(int metric, double value) => IsWet && _dry[metric].IsBelow(value);

    public double[] Snapshot() => [.. _dry.SelectMany(d => d.Snapshot())];

    public void Restore(double[]? stored)
    {
        var size = new DryRange().Snapshot().Length;
        if (stored is null || stored.Length != _dry.Length * size) return;
        for (var m = 0; m < _dry.Length; m++) _dry[m].Restore(stored.AsSpan(m * size, size));
    }
}
