using System.Collections.Concurrent;
using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>How sure a crossing is.</summary>
internal enum NowcastReach
{
    /// <summary>Not even the interval's upper end stands at the threshold.</summary>
    None,

    /// <summary>The upper end does, within half an hour. An hour ahead a street flood can come of any rain.</summary>
    Possible,

    /// <summary>The value does.</summary>
    Expected,
}

/// <summary>Why there is no forecast.</summary>
internal enum NowcastSilence
{
    None,

    /// <summary>Too few minutes have been heard since the start.</summary>
    Waiting,

    /// <summary>The station itself has said nothing usable for ten minutes.</summary>
    Station,

    /// <summary>No gauge of the district has.</summary>
    Rain,

    /// <summary>Gauges of the district have, and too seldom to say what fell in the last quarter of an hour.</summary>
    RainSeldom,

    /// <summary>No model fits the station.</summary>
    Model,
}

/// <summary>The last forecast of one station, or why there is none. Replaced whole.</summary>
/// <param name="IssuedMs">End of the minute that it was made from, on the devices' clocks, Unix ms.</param>
/// <param name="Now">The station's value then, metres; NaN when it is silent.</param>
/// <param name="Values">By horizon; empty when there is none.</param>
/// <param name="Silence">Why it is empty.</param>
/// <param name="Threshold">The lowest threshold of the rules in force, metres; NaN without one.</param>
/// <param name="Rain15">Near rain of the last quarter of an hour, mm; NaN when no gauge is alive.</param>
/// <param name="Rain60">Of the last hour.</param>
/// <param name="Model">What made it; null when nothing fits.</param>
internal sealed record StationNowcast(
    long IssuedMs, double Now, NowcastValue[] Values, NowcastSilence Silence, double Threshold, double Rain15, double Rain60, ModelInUse? Model)
{
    private const int PossibleMinutesMax = 30;

    /// <summary>What came now beside what was forecast for now; null without a forecast of then.</summary>
    public NowcastResidual? Residual { get; init; }

    public NowcastReach Reach =>
        !(Now < Threshold) ? NowcastReach.None
        : Array.Exists(Values, v => v.Value >= Threshold) ? NowcastReach.Expected
        : Array.Exists(Values, v => v.Minutes <= PossibleMinutesMax && v.High >= Threshold) ? NowcastReach.Possible : NowcastReach.None;

    /// <summary>Minutes until the value stands at the threshold, along straight lines from now and between the horizons; NaN when it does not.</summary>
    public double CrossingMinutes
    {
        get
        {
            if (Reach != NowcastReach.Expected) return double.NaN;
            var (from, level) = (0, Now);
            foreach (var (minutes, value, _, _) in Values)
            {
                if (value >= Threshold) return from + ((Threshold - level) / (value - level) * (minutes - from));
                (from, level) = (minutes, value);
            }
            return double.NaN;
        }
    }
}

/// <summary>The last forecast of each station by number: written by the watch, read by the API.</summary>
internal sealed class NowcastBoard
{
    private readonly ConcurrentDictionary<int, StationNowcast> _stations = new();

    public StationNowcast? Of(int sensor) => _stations.GetValueOrDefault(sensor);

    /// <summary>Numbers in order, with what is forecast there.</summary>
    public IEnumerable<(int Sensor, StationNowcast Nowcast)> All => _stations.OrderBy(s => s.Key).Select(s => (s.Key, s.Value));

    /// <summary>Replaces everything; stations that are not there any more are forgotten.</summary>
    public void Show(IReadOnlyDictionary<int, StationNowcast> stations)
    {
        foreach (var (sensor, nowcast) in stations) _stations[sensor] = nowcast;
        Keep(stations.Keys.ToHashSet());
    }

    /// <summary>Forgets all stations but these.</summary>
    public void Keep(IReadOnlySet<int> stations)
    {
        foreach (var gone in _stations.Keys.Where(s => !stations.Contains(s))) _stations.TryRemove(gone, out _);
    }
}
