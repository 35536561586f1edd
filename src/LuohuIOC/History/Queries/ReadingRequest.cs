using LuohuIOC.Registry;

namespace LuohuIOC.History.Queries;

/// <summary>Which readings count, by their quality.</summary>
internal enum QualityFilter : byte
{
    /// <summary>All, bad ones too.</summary>
    All,

    /// <summary>Good and doubtful.</summary>
    Usable,

    Good,
}

internal static class QualityFilters
{
    /// <summary>The worst grade that counts, as a number.</summary>
    public static int Worst(this QualityFilter filter) => filter switch
    {
        QualityFilter.Good => 0,
        QualityFilter.Usable => 1,
        _ => 2,
    };
}

/// <summary>One figure of a bucket.</summary>
internal enum Aggregate : byte
{
    Min,
    Max,
    Mean,
    Sum,
    Count,
    First,
    Last,
    P50,
    P95,
}

/// <summary>A question to history, checked.</summary>
internal sealed record ReadingRequest
{
    public const int LimitMax = 10_000;
    public const int SensorsMax = 200;

    public required IReadOnlyList<Sensor> Sensors { get; init; }

    /// <summary>Each item says whose it is: there are several, or the question was one that takes several and named one.</summary>
    public bool NamesSensors { get => field || Sensors.Count > 1; init; }

    /// <summary>Metrics asked for by name; empty means all.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Unix ms, inclusive.</summary>
    public required long FromMs { get; init; }

    /// <summary>Unix ms, exclusive.</summary>
    public required long ToMs { get; init; }

    /// <summary>Width of a bucket; null with <see cref="Aggregates"/> means one bucket for the whole range.</summary>
    public long? EveryMs { get; init; }

    /// <summary>Empty for raw readings.</summary>
    public IReadOnlyList<Aggregate> Aggregates { get; init; } = [];

    /// <summary>The newest so many of each sensor; null for all in the range.</summary>
    public int? Last { get; init; }

    public required QualityFilter Quality { get; init; }

    public required int Limit { get; init; }

    /// <summary>Where the previous page ended.</summary>
    public PageMark? After { get; init; }

    /// <summary>Pages of raw readings go from the newest back; of one sensor only.</summary>
    public bool IsNewestFirst { get; init; }

    public bool IsAggregated => Aggregates.Count > 0;
}
