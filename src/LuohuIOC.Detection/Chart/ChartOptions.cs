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

    /// <summary>Rows over which a metric's reference follows it while it behaves.</summary>
    public double FollowRows { get; init; } = 30;

    /// <summary>A metric whose moving average is off by more than this many of its deviations is not followed.</summary>
    public double HoldDeviations { get; init; } = 3;

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
    public double AlarmLevel { get; init; } = 2.3;

    /// <summary>Share of rows that may be alarms in the long run; a station with more is judged by a level that rises slowly.</summary>
    public double AlarmShare { get; init; } = 0.01;

    /// <summary>Rows over which that level rises or comes back.</summary>
    public double AlarmRows { get; init; } = 2000;
}
