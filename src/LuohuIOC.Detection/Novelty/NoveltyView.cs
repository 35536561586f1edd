namespace LuohuIOC.Detection.Novelty;

/// <summary>What of a stream a view looks at. Three look at the values as they are, three at values scaled by the present roughness, one at the time of day.</summary>
public enum NoveltyView
{
    /// <summary>The value.</summary>
    Level,

    /// <summary>The change from the reading before.</summary>
    Step,

    /// <summary>The last four values together.</summary>
    Shape,

    /// <summary>The change, in units of the present mean change.</summary>
    LocalStep,

    /// <summary>The distance from the present level, in units of its present mean.</summary>
    LocalLevel,

    /// <summary>The last four of these distances together.</summary>
    LocalShape,

    /// <summary>The departure from what is usual at this time of the day, where the stream's days are alike.</summary>
    Day,
}
