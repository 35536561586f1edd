namespace LuohuIOC.SensorThings;

/// <summary>
/// <c>add</c>, <c>sub</c>, <c>mul</c>, <c>div</c>, <c>mod</c> of <c>$filter</c> (OGC SensorThings 1.1, 9.3.3.5.1): of numbers, and of times with
/// lengths of time as OData 4.0 has it. <c>phenomenonTime ge now() sub duration'PT1H'</c>
/// </summary>
internal static class StaArithmetic
{
    /// <exception cref="StaQueryException">The two can never be reckoned with.</exception>
    public static StaOperand Of(StaOperand left, string op, StaOperand right, string written)
    {
        var sort = SortOf(left.Sort, op, right.Sort) ?? throw StaOperand.NotAlike(written);
        return StaOperand.Made(sort, [left, right], (a, b, _) => a is null || b is null ? null : Reckon(a, op, b) ?? throw StaOperand.NotAlike(written)) switch
        {
            // A tenth by nothing is no number that a reading could be compared with.
            { IsConstant: true, Constant: double and (double.NaN or double.PositiveInfinity or double.NegativeInfinity) } => throw StaOperand.NotAlike(written),
            var made => made,
        };
    }

    // Null where no entity could give two that go together.
    private static StaSort? SortOf(StaSort left, string op, StaSort right)
    {
        static bool IsTime(StaSort sort) => sort is StaSort.Time or StaSort.TimeProperty;
        return (left, right) switch
        {
            (StaSort.Null or StaSort.Unknown, _) or (_, StaSort.Null or StaSort.Unknown) => StaSort.Unknown,
            (StaSort.Number, StaSort.Number) => StaSort.Number,
            (StaSort.Duration, StaSort.Duration) when op is "add" or "sub" => StaSort.Duration,
            (_, StaSort.Duration) when IsTime(left) && op is "add" or "sub" => StaSort.Time,
            _ when IsTime(left) && IsTime(right) && op == "sub" => StaSort.Duration,
            _ => null,
        };
    }

    private static object? Reckon(object left, string op, object right)
    {
        if (left is double x && right is double y)
        {
            return op switch
            {
                "add" => x + y,
                "sub" => x - y,
                "mul" => x * y,
                "div" => x / y,
                _ => x % y,
            };
        }
        if (left is TimeSpan long1 && right is TimeSpan long2 && op is "add" or "sub") return Sum(long1, op == "add" ? long2 : Negated(long2));
        if (StaFunctions.TimeOf(left) is not { } time) return null;
        if (right is TimeSpan length && op is "add" or "sub") return Moved(time, op == "add" ? length : Negated(length));
        return op == "sub" && StaFunctions.TimeOf(right) is { } from ? time - from : null;
    }

    // Ten million days twice over are as long as can be said.
    private static TimeSpan Sum(TimeSpan a, TimeSpan b) =>
        b > TimeSpan.Zero && a > TimeSpan.MaxValue - b ? TimeSpan.MaxValue : b < TimeSpan.Zero && a < TimeSpan.MinValue - b ? TimeSpan.MinValue : a + b;

    private static TimeSpan Negated(TimeSpan length) => length == TimeSpan.MinValue ? TimeSpan.MaxValue : -length;

    // Beyond the calendar's ends every time is on the same side.
    private static DateTimeOffset Moved(DateTimeOffset time, TimeSpan by) =>
        by > DateTimeOffset.MaxValue - time ? DateTimeOffset.MaxValue : by < DateTimeOffset.MinValue - time ? DateTimeOffset.MinValue : time + by;
}
