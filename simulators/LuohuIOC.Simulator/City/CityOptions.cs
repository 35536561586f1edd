namespace LuohuIOC.Simulator.City;

/// <summary>Which storm passes over the city.</summary>
public enum StormKind
{
    None,
    Chicago,
    September2023,
}

/// <summary>What makes one simulated city: the same options and sensors make the same city, to the last digit.</summary>
public sealed record CityOptions
{
    public int Seed { get; init; } = 1;

    /// <summary>Simulated clock at the start, with the district's offset +08:00.</summary>
    public required DateTimeOffset Start { get; init; }

    public StormKind Storm { get; init; } = StormKind.None;

    /// <summary>Years, of the design storm.</summary>
    public double ReturnPeriodYears { get; init; } = 50;

    public TimeSpan StormDuration { get; init; } = TimeSpan.FromMinutes(120);

    /// <summary>Share of the design storm's duration before its peak.</summary>
    public double PeakRatio { get; init; } = 0.4;

    /// <summary>Simulated time from the start to the storm.</summary>
    public TimeSpan StormDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Fires in the district a simulated day.</summary>
    public double FiresPerDay { get; init; } = 2;
}
