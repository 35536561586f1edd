namespace LuohuIOC.Sensing.Detectors;

/// <summary>Configuration section <c>Detection:Train</c>: when and from what the stations' models are trained.</summary>
public sealed class TrainingOptions
{
    /// <summary>Time between two rounds over all stations. Shorter follows the seasons more closely and costs a second of processor a station.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(6);

    /// <summary>First round after start, late enough not to compete with the start itself.</summary>
    public TimeSpan First { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Readings a station needs before it is trained; below, it says "not trained".</summary>
    public int MinimumReadings { get; set; } = 500;

    /// <summary>Time that a station's readings must span before it is trained.</summary>
    public TimeSpan MinimumSpan { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How far back training looks. Longer learns rarer weather, shorter forgets a station's former state sooner.</summary>
    public TimeSpan History { get; set; } = TimeSpan.FromDays(30);

    /// <summary>False alarms allowed a station and day.</summary>
    public double AlarmsPerDay { get; set; } = 0.1;

    /// <summary>
    /// While an anomaly younger than this is open, the station is not trained by schedule: it would learn the fault and end the alert.
    /// A training that is asked for leaves out what was read while it is open. An older one is taken for the station's new ordinary state, unless officers
    /// have marked it true.
    /// </summary>
    public TimeSpan FaultMax { get; set; } = TimeSpan.FromDays(3);

    /// <summary>A scheduled training waits while the process uses more than this share of the machine's processors.</summary>
    public double BusyShare { get; set; } = 0.6;

    /// <summary>After waiting so long for a quiet moment a station is passed over until the next round.</summary>
    public TimeSpan BusyWaitMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Throws at start when a value makes no sense, naming its key.</summary>
    public TrainingOptions Checked()
    {
        Demand(Every >= TimeSpan.FromMinutes(1), nameof(Every), "at least 00:01:00");
        Demand(First >= TimeSpan.Zero, nameof(First), "not negative");
        Demand(MinimumReadings >= 100, nameof(MinimumReadings), "at least 100");
        Demand(MinimumSpan > TimeSpan.Zero && MinimumSpan <= History, nameof(MinimumSpan), "above zero and no longer than History");
        Demand(AlarmsPerDay is > 0 and <= 24, nameof(AlarmsPerDay), "above 0, at most 24");
        Demand(BusyShare is > 0 and <= 1, nameof(BusyShare), "above 0, at most 1");
        return this;
    }

    private static void Demand(bool holds, string key, string wanted)
    {
        if (!holds) throw new InvalidOperationException($"Configuration Detection:Train:{key} must be {wanted}.");
    }
}
