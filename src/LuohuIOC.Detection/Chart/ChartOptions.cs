namespace LuohuIOC.Detection.Chart;

/// <summary>
/// Parameters of <see cref="ChartDetector"/>, one set for every station. The defaults lie on a plateau of the SKAB benchmark's open
/// half and of simulated drinking water (docs/DETECTION.md).
/// </summary>
public sealed record ChartOptions
{
    /// <summary>Rows taken as ordinary before the first is judged.</summary>
    public int FitRows { get; init; } = 400;

    /// <summary>Weight of the latest deviation in the moving average; smaller sees weaker faults, later.</summary>
    public double Smoothing { get; init; } = 0.05;

    /// <summary>A deviation farther from the moving average than so many deviations of the row-to-row noise is taken up at once.</summary>
    public double JumpNoises { get; init; } = 5;

    /// <summary>Rows over which a metric's reference follows it while it behaves.</summary>
    public double FollowRows { get; init; } = 30;

    /// <summary>A metric whose moving average is off by more than this many of its deviations is not followed.</summary>
    public double HoldDeviations { get; init; } = 3;

    /// <summary>Rows of ordinary behaviour whose mean reference is a metric's home.</summary>
    public double HomeRows { get; init; } = 100;

    /// <summary>A held metric that has come back to this share of its greatest distance from home is let go.</summary>
    public double HomeShare { get; init; } = 0.25;

    /// <summary>
    /// A departure that three values show farther off than so many deviations of the row-to-row noise is plain: it is over when three values
    /// in a row are within that share of it, without waiting for the average.
    /// </summary>
    public double PlainNoises { get; init; } = 7;

    /// <summary>Speed at which a metric that only wanders is followed even then, as a share.</summary>
    public double WanderShare { get; init; } = 0.15;

    /// <summary>A metric wanders as far as its variance exceeds this many times its row-to-row noise (von Neumann's ratio).</summary>
    public double WanderRatio { get; init; } = 2;

    /// <summary>Rows over which its variance is learned.</summary>
    public double WanderRows { get; init; } = 3000;

    /// <summary>Share of each covariance between two metrics that is believed; the rest is shrunk away.</summary>
    public double CovarianceShare { get; init; } = 0.5;

    /// <summary>Share of a metric's smoothed noise that is added to its variance.</summary>
    public double Ridge { get; init; } = 0.1;

    /// <summary>Rows over which the covariance is estimated anew.</summary>
    public double CovarianceRows { get; init; } = 3000;

    /// <summary>Score above which a row is an alarm, in deviations a metric.</summary>
    public double AlarmLevel { get; init; } = 2.1;

    /// <summary>Share of rows that may be the average's alarms in the long run; a station with more is judged by a higher level after each.</summary>
    public double AlarmShare { get; init; } = 0.001;

    /// <summary>Rows of alarm after which that level is e times higher; it comes back in as many over the share.</summary>
    public double AlarmRows { get; init; } = 300;

    /// <summary>Rows over which the quick look's level follows a metric.</summary>
    public double QuickRows { get; init; } = 90;

    /// <summary>The quick look alarms where a metric is so many of its usual distances from its level …</summary>
    public double QuickUnits { get; init; } = 6;

    /// <summary>
    /// … and the metrics' distances so rare together, each in its own record, in nats beyond the usual 5 %: two metrics of which such a
    /// distance comes in a row of 400 each, or one of which it comes in a row of 8,000.
    /// </summary>
    public double QuickNats { get; init; } = 6;
}
