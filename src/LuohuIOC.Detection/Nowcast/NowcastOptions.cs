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

    /// <summary>Share of the calibrating rows that were or became wet that it should hold: more than it promises, because other storms are worse.</summary>
    public double WetCoverage { get; init; } = 0.94;

    /// <summary>A row is wet when the level is or becomes this, in metres. Infinite: none is, and all count alike.</summary>
    public double WetMetres { get; init; } = double.PositiveInfinity;

    /// <summary>Neither end lies further out than this share of all rows of like difficulty, for the wet ones' sake.</summary>
    public double RareShare { get; init; } = 0.01;

    /// <summary>The interval is calibrated apart in bands of difficulty, each with at most one in so many of the rows and of the wet rows.</summary>
    public int Bands { get; init; } = 12;

    /// <summary>Fewer rows make no band, unless enough of them are wet.</summary>
    public int RowsPerBandMin { get; init; } = 200;

    /// <summary>So many wet rows are enough.</summary>
    public int WetRowsPerBandMin { get; init; } = 100;

    /// <summary>A band with fewer wet rows does not look at them apart.</summary>
    public int WetRowsMin { get; init; } = 40;

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
