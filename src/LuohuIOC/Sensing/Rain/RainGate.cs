using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Rain;

/// <summary>
/// Whether rain explains that one station's water rises: enough of it fell on the station or above it and has not drained. Owned by the
/// station's grain; looks at the gauges once a minute of the station's time.
/// </summary>
internal sealed class RainGate(Sensor station, RainReach reach, GaugeMap map, RainBoard board, RainOptions options)
{
    private const long MinuteMs = 60_000;

    // More gauges than these say nothing new: the wettest few decide.
    private const int AgreeingMax = 20;

    private int[] _gauges = [];
    private int _version = -1;
    private long _minute = -1;

    /// <summary>Undrained millimetres that enough gauges agree on, as of the last look; NaN when no gauge is alive.</summary>
    public double Millimetres { get; private set; } = double.NaN;

    /// <summary>From so much on it is wet.</summary>
    public double Threshold => reach.Millimetres;

    /// <summary>False without a living gauge: then nothing is explained away.</summary>
    public bool IsWet(long timeMs)
    {
        if (timeMs / MinuteMs != _minute)
        {
            _minute = timeMs / MinuteMs;
            Millimetres = Look(timeMs);
        }
        return Millimetres >= reach.Millimetres;
    }

    private double Look(long timeMs)
    {
        if (_version != map.Version)
        {
            _version = map.Version;
            _gauges = map.Of(station);
        }
        // The wettest gauges, largest first; the last of them is what all of them say at least.
        Span<double> wettest = stackalloc double[AgreeingMax];
        var (agreeing, alive) = (options.Agreeing, 0);
        var staleMs = timeMs - (long)options.Stale.TotalMilliseconds;
        foreach (var gauge in _gauges)
        {
            var mm = board.LeftAt(gauge, reach.Reservoir, timeMs, staleMs);
            if (double.IsNaN(mm)) continue;
            var at = Math.Min(alive, agreeing);
            alive++;
            while (at > 0 && wettest[at - 1] < mm)
            {
                if (at < agreeing) wettest[at] = wettest[at - 1];
                at--;
            }
            if (at < agreeing) wettest[at] = mm;
        }
        return alive == 0 ? double.NaN : wettest[Math.Min(alive, agreeing) - 1];
    }
}
