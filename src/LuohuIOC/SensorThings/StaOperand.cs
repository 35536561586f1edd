namespace LuohuIOC.SensorThings;

/// <summary>One side of a comparison in <c>$filter</c>.</summary>
/// <param name="Of">Its value in an entity.</param>
/// <param name="Sort">What that is, as far as the words tell.</param>
internal readonly record struct StaOperand(Func<StaScope, object?> Of, StaSort Sort)
{
    /// <summary>A property by its path: those of Observations are known, of others an entity tells.</summary>
    public static StaOperand Property(string[] path) => new(e => e.Of(path), path[^1] switch
    {
        "phenomenonTime" or "resultTime" => StaSort.TimeProperty,
        "result" => StaSort.Number,
        _ => StaSort.Unknown,
    });

    public static StaOperand Literal(object value) => new(_ => value, value switch
    {
        string => StaSort.Text,
        double => StaSort.Number,
        bool => StaSort.Truth,
        DateTimeOffset => StaSort.Time,
        _ => StaSort.Unknown,
    });

    /// <summary>A question that can match nothing is a mistake, and an empty answer would be believed.</summary>
    /// <exception cref="StaQueryException">The two can never be compared.</exception>
    public static void Check(StaOperand left, StaOperand right, string written)
    {
        var (a, b) = left.Sort < right.Sort ? (left.Sort, right.Sort) : (right.Sort, left.Sort);
        if (b == StaSort.TimeProperty && a is not (StaSort.Null or StaSort.Time or StaSort.TimeProperty)) throw new StaQueryException($"$filter: {written}", "not-a-time");
        if (a == b || a is StaSort.Null or StaSort.Unknown || (a, b) is (StaSort.Time, StaSort.TimeProperty)) return;
        throw NotAlike(written);
    }

    /// <summary>For what only an entity tells.</summary>
    public static StaQueryException NotAlike(string written) => new($"$filter: {written}", "not-alike");
}

/// <summary>In the order of how much is known.</summary>
internal enum StaSort
{
    Null,
    Unknown,
    Text,
    Number,
    Truth,
    Time,

    /// <summary>A property that is a time: what is compared with it must be one, even where nobody could tell.</summary>
    TimeProperty,
}
