using LuohuIOC.Detection.Health;

namespace LuohuIOC.Sensing.Health;

/// <summary>What the watch remembers of one metric of one sensor.</summary>
internal sealed class MetricHealth(HealthMetric metric)
{
    public HealthMetric Metric => metric;

    public SeasonalLevel Season { get; } = new(metric.SpreadMin);

    public PeerJudge Judge { get; } = new(follows: !metric.Alone);

    /// <summary>Departure at this round, NaN when the sensor said nothing new.</summary>
    public double Departure { get; set; } = double.NaN;

    public double Value { get; set; } = double.NaN;

    /// <summary>Departure of the last reading, however long ago; NaN before the first since the start.</summary>
    public double Told { get; private set; } = double.NaN;

    /// <summary>Its time, Unix ms; 0 before the first.</summary>
    public long ToldMs { get; private set; }

    /// <summary>Takes what a new reading shows.</summary>
    public void Tell(long timeMs, double departure) => (Departure, Told, ToldMs) = (departure, departure, timeMs);

    /// <summary>As a witness it stands by its last reading while that is fresh: stations that report hourly, each at its own minute, would never meet in one round.</summary>
    public double WitnessAt(long nowMs, TimeSpan stale) => nowMs - ToldMs <= stale.TotalMilliseconds ? Told : double.NaN;

    /// <summary>The neighbours' median departure at this round, NaN when fewer than two are alive.</summary>
    public double PeersDeparture { get; private set; } = double.NaN;

    /// <summary>The last that was known of it.</summary>
    public double PeersTold { get; private set; } = double.NaN;

    /// <summary>How many neighbours that was of.</summary>
    public int Witnesses { get; private set; }

    public void TellPeers(double departure, int witnesses)
    {
        PeersDeparture = departure;
        if (double.IsFinite(departure)) (PeersTold, Witnesses) = (departure, witnesses);
    }
}

/// <summary>What the watch remembers of one sensor.</summary>
internal sealed class SensorHealth(HealthMetric[] metrics)
{
    public MetricHealth[] Metrics { get; } = [.. metrics.Select(m => new MetricHealth(m))];

    public BatteryTrend Battery { get; } = new();

    public long LastMs { get; set; }

    /// <summary>To be stored: all numbers, one metric after the other, the battery's last.</summary>
    public double[] Snapshot() => [.. Metrics.SelectMany(m => m.Season.Snapshot().Concat(m.Judge.Snapshot())), .. Battery.Snapshot()];

    /// <summary>False, and what does not fit begins anew, when the metrics are others than those stored.</summary>
    public bool Restore(ReadOnlySpan<double> stored)
    {
        foreach (var metric in Metrics)
        {
            var (season, judge) = (metric.Season.Snapshot().Length, metric.Judge.Snapshot().Length);
            if (stored.Length < season + judge || !metric.Season.Restore(stored[..season]) || !metric.Judge.Restore(stored.Slice(season, judge))) return false;
            stored = stored[(season + judge)..];
        }
        return Battery.Restore(stored);
    }
}
