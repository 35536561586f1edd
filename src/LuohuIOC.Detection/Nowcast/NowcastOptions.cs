namespace LuohuIOC.Detection.Nowcast;

/// <summary>How a station's nowcast is trained.</summary>
public sealed record NowcastOptions
{
    /// <summary>Minutes ahead.</summary>
    public IReadOnlyList<int> HorizonMinutes { get; init; } = [15, 30, 60];

    public int Trees { get; init; } = 120;

    public int Leaves { get; init; } = 20;

    /// <summary>Fewer rows never make a leaf of their own: neighbouring minutes of one storm are nearly copies.</summary>
    public int RowsPerLeafMin { get; init; } = 25;

    public double LearningRate { get; init; } = 0.1;

    /// <summary>Share of the features that each tree may look at.</summary>
    public double FeatureShare { get; init; } = 0.7;

    /// <summary>Share of cases that the interval should hold; the rest falls below and above it in equal parts.</summary>
    public double Coverage { get; init; } = 0.9;

    /// <summary>The interval is calibrated apart in so many bands of difficulty.</summary>
    public int Bands { get; init; } = 8;

    /// <summary>Fewer rows make no band of their own.</summary>
    public int RowsPerBandMin { get; init; } = 200;

    /// <summary>Fewer rain events train nothing.</summary>
    public int EpisodesMin { get; init; } = 20;

    /// <summary>Fewer rows in any of the three parts train nothing.</summary>
    public int RowsMin { get; init; } = 500;

    /// <summary>One in so many minutes is a row: the ones between are nearly copies and only cost time.</summary>
    public int Stride { get; init; } = 3;

    /// <summary>One in so many rows without rain and without movement is a row: they say little, and there are many.</summary>
    public int QuietStride { get; init; } = 5;

    /// <summary>Forecast errors are never taken for smaller than this, in metres: an instrument's noise.</summary>
    public double SpreadMin { get; init; } = 0.002;

    public int Seed { get; init; } = 17;
}
