namespace LuohuIOC.SensorThings;

/// <summary>A piece of <c>$filter</c> that has a value: a literal, a property, or what is made of them.</summary>
/// <param name="Of">Its value in an entity.</param>
/// <param name="Sort">What that is, as far as the words tell.</param>
internal readonly record struct StaOperand(Func<StaScope, object?> Of, StaSort Sort)
{
    private static readonly StaScope Nowhere = new([]);

    /// <summary>The property, where it is one and nothing else.</summary>
    public string[]? Path { get; private init; }

    /// <summary>True when the value is <see cref="Constant"/> in every entity.</summary>
    public bool IsConstant { get; private init; }

    /// <summary>The value of a constant.</summary>
    public object? Constant { get; private init; }

    /// <summary>A property by its path: those of Observations are known, of others an entity tells.</summary>
    public static StaOperand Property(string[] path) => new(e => e.Of(path), path[^1] switch
    {
        "phenomenonTime" or "resultTime" => StaSort.TimeProperty,
        "result" => StaSort.Number,
        _ => StaSort.Unknown,
    })
    { Path = path };

    public static StaOperand Literal(object? value) => Literal(value, value switch
    {
        null => StaSort.Null,
        string => StaSort.Text,
        double => StaSort.Number,
        bool => StaSort.Truth,
        DateTimeOffset => StaSort.Time,
        TimeSpan => StaSort.Duration,
        TimeOnly => StaSort.TimeOfDay,
        _ => StaSort.Unknown,
    });

    /// <summary>What a function or an operator makes of up to three operands; of two that are behind links to many, of every pair.</summary>
    public static StaOperand Made(StaSort sort, IReadOnlyList<StaOperand> of, Func<object?, object?, object?, object?> make)
    {
        object? At(int i, StaScope e) => i < of.Count ? of[i].Of(e) : null;
        object? Value(StaScope e) => StaValues.Each(At(0, e), At(1, e), (a, b) => make(a, b, At(2, e)));
        return of.All(o => o.IsConstant) ? Literal(Value(Nowhere), sort) : new(Value, sort);
    }

    /// <summary>A question that can match nothing is a mistake, and an empty answer would be believed.</summary>
    /// <exception cref="StaQueryException">The two can never be compared.</exception>
    public static void Check(StaOperand left, StaOperand right, string written)
    {
        var (a, b) = left.Sort < right.Sort ? (left.Sort, right.Sort) : (right.Sort, left.Sort);
        if (b == StaSort.TimeProperty && a is not (StaSort.Null or StaSort.Time or StaSort.TimeProperty)) throw new StaQueryException($"$filter: {written}", "not-a-time");
        if (a == b || a is StaSort.Null or StaSort.Unknown || (a, b) is (StaSort.Time, StaSort.TimeProperty) or (StaSort.Time, StaSort.Date)) return;
        throw NotAlike(written);
    }

    /// <summary>For what only an entity tells.</summary>
    public static StaQueryException NotAlike(string written) => new($"$filter: {written}", "not-alike");

    private static StaOperand Literal(object? value, StaSort sort) => new(_ => value, sort) { IsConstant = true, Constant = value };
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

    /// <summary>A length of time.</summary>
    Duration,

    /// <summary>A day of the calendar.</summary>
    Date,

    TimeOfDay,

    /// <summary>A property that is a time: what is compared with it must be one, even where nobody could tell.</summary>
    TimeProperty,
}
