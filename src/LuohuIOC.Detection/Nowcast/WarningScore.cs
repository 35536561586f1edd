namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// Warnings against what came. A warning begins when the forecast has stood at the threshold for two minutes while the station is below
/// it, and ends unfulfilled, a false alarm, when the horizon and a quarter of an hour have gone by since it began; a forecast that still
/// stands there then begins another. A crossing with a warning open is a hit, and the lead is the time since the warning began; one
/// without is a miss. After a crossing the station must fall 3 cm below the threshold before the next one counts.
/// </summary>
public sealed class WarningScore
{
    private const int GraceMinutes = 15;
    private const double HysteresisMetres = 0.03;

    private readonly List<int> _leads = [];

    public int Hits => _leads.Count;

    public int Misses { get; private set; }

    public int FalseAlarms { get; private set; }

    public double HitRate => Hits + Misses == 0 ? double.NaN : (double)Hits / (Hits + Misses);

    /// <summary>False alarms among all warnings.</summary>
    public double FalseAlarmRatio => Hits + FalseAlarms == 0 ? double.NaN : (double)FalseAlarms / (Hits + FalseAlarms);

    /// <summary>Half of the hits had at least so many minutes; NaN without hits.</summary>
    public double LeadMedian => LeadAt(0.5);

    /// <summary>A tenth of the hits had fewer.</summary>
    public double LeadTenth => LeadAt(0.1);

    /// <summary>Judges one storm at one station.</summary>
    /// <param name="horizon">Minutes ahead.</param>
    /// <param name="threshold">Metres.</param>
    /// <param name="now">Level of each minute.</param>
    /// <param name="forecast">What each minute forecast; NaN where it could not.</param>
    public void Add(int horizon, double threshold, ReadOnlySpan<double> now, ReadOnlySpan<double> forecast)
    {
        var (above, standing, since) = (false, 0, -1);
        for (var t = 0; t < now.Length; t++)
        {
            if (above)
            {
                above = now[t] >= threshold - HysteresisMetres;
                continue;
            }
            if (now[t] >= threshold)
            {
                if (since >= 0) _leads.Add(t - since);
                else Misses++;
                (above, standing, since) = (true, 0, -1);
                continue;
            }
            standing = forecast[t] >= threshold ? standing + 1 : 0;
            if (since >= 0 && t - since > horizon + GraceMinutes)
            {
                FalseAlarms++;
                since = -1;
            }
            if (since < 0 && standing >= 2) since = t;
        }
        if (since >= 0) FalseAlarms++;
    }

    private double LeadAt(double share)
    {
        if (_leads.Count == 0) return double.NaN;
        _leads.Sort();
        return _leads[(int)(share * (_leads.Count - 1))];
    }
}
