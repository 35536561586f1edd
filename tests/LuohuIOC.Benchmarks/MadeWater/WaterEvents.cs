namespace LuohuIOC.Benchmarks.MadeWater;

/// <summary>How a made record's contaminations look. A guess, both times.</summary>
internal enum WaterEvents
{
    /// <summary>1.2 % of the rows, 12 to 30 minutes each.</summary>
    Short,

    /// <summary>2.4 % of the rows, 8 minutes to 3 hours, weaker and in clusters of up to five.</summary>
    Clustered,
}
