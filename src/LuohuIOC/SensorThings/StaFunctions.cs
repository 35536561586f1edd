using System.Collections.Frozen;

namespace LuohuIOC.SensorThings;

/// <summary>
/// The functions of <c>$filter</c> (OGC SensorThings 1.1, 9.3.3.5.2) on text, times and numbers; those on shapes are <see cref="StaGeometry"/>'s.
/// Parts of a time are those of the zone that it is answered in, UTC: <c>hour(phenomenonTime)</c> of 2023-09-07T10:00:00Z is 10.
/// </summary>
internal static class StaFunctions
{
    private static readonly FrozenDictionary<string, Function[]> All = new Dictionary<string, Function[]>
    {
        ["substringof"] = [Text(StaSort.Truth, (a, b) => b.Contains(a, StringComparison.Ordinal))],
        ["startswith"] = [Text(StaSort.Truth, (a, b) => a.StartsWith(b, StringComparison.Ordinal))],
        ["endswith"] = [Text(StaSort.Truth, (a, b) => a.EndsWith(b, StringComparison.Ordinal))],
        ["indexof"] = [Text(StaSort.Number, (a, b) => (double)a.IndexOf(b, StringComparison.Ordinal))],
        ["concat"] = [Text(StaSort.Text, (a, b) => a + b)],
        ["length"] = [Text(StaSort.Number, a => (double)a.Length)],
        ["tolower"] = [Text(StaSort.Text, a => a.ToLowerInvariant())],
        ["toupper"] = [Text(StaSort.Text, a => a.ToUpperInvariant())],
        ["trim"] = [Text(StaSort.Text, a => a.Trim())],
        ["substring"] =
        [
            new(StaSort.Text, [StaSort.Text, StaSort.Number], (a, from, _) => Substring(a, from, double.MaxValue)),
            new(StaSort.Text, [StaSort.Text, StaSort.Number, StaSort.Number], Substring),
        ],
        ["year"] = [Part(t => t.Year)],
        ["month"] = [Part(t => t.Month)],
        ["day"] = [Part(t => t.Day)],
        ["hour"] = [Part(t => t.Hour)],
        ["minute"] = [Part(t => t.Minute)],
        ["second"] = [Part(t => t.Second)],
        ["fractionalseconds"] = [Part(t => t.Ticks % TimeSpan.TicksPerSecond / (double)TimeSpan.TicksPerSecond)],
        ["totaloffsetminutes"] = [Part(t => t.TotalOffsetMinutes)],
        ["date"] = [new(StaSort.Date, [StaSort.Time], (a, _, _) => TimeOf(a) is { } t ? DateOnly.FromDateTime(t.DateTime) : null)],
        ["time"] = [new(StaSort.TimeOfDay, [StaSort.Time], (a, _, _) => TimeOf(a) is { } t ? TimeOnly.FromDateTime(t.DateTime) : null)],
        ["mindatetime"] = [new(StaSort.Time, [], (_, _, _) => DateTimeOffset.MinValue)],
        ["maxdatetime"] = [new(StaSort.Time, [], (_, _, _) => DateTimeOffset.MaxValue)],
        ["round"] = [Number(a => Math.Round(a, MidpointRounding.AwayFromZero))],
        ["floor"] = [Number(Math.Floor)],
        ["ceiling"] = [Number(Math.Ceiling)],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <exception cref="StaQueryException">There is no such function, or it takes other arguments.</exception>
    public static StaOperand Call(string name, IReadOnlyList<StaOperand> arguments, DateTimeOffset now)
    {
        if (name == "now" && arguments.Count == 0) return StaOperand.Literal(now);
        if (StaGeometry.Function(name, arguments.Count) is { } geometric)
            return StaOperand.Made(name is "geo.distance" or "geo.length" ? StaSort.Number : StaSort.Truth, arguments, geometric);
        var function = All.GetValueOrDefault(name)?.FirstOrDefault(f => f.Takes.Length == arguments.Count) ?? throw new StaQueryException($"$filter: '{name}'", "no-function", arguments.Count);
        for (var i = 0; i < arguments.Count; i++)
            if (!Fits(arguments[i].Sort, function.Takes[i])) throw new StaQueryException($"$filter: '{name}'", "no-argument", i + 1);
        return StaOperand.Made(function.Gives, arguments, function.Of);
    }

    /// <summary>The time of a literal or a property; null where it is none.</summary>
    public static DateTimeOffset? TimeOf(object? value) => value is DateTimeOffset time ? time : value is string text ? StaPath.Time(text) : null;

    private static bool Fits(StaSort given, StaSort taken) =>
        given == taken || given is StaSort.Null or StaSort.Unknown || (given == StaSort.TimeProperty && taken is StaSort.Time or StaSort.Text);

    private static object? Substring(object? text, object? from, object? length)
    {
        if (text is not string whole || from is not double start || length is not double count) return null;
        var at = (int)Math.Clamp(start, 0, whole.Length);
        return whole.Substring(at, (int)Math.Clamp(count, 0, whole.Length - at));
    }

    private static Function Text(StaSort gives, Func<string, string, object?> of) => new(gives, [StaSort.Text, StaSort.Text], (a, b, _) => of(a as string ?? "", b as string ?? ""));

    private static Function Text(StaSort gives, Func<string, object?> of) => new(gives, [StaSort.Text], (a, _, _) => of(a as string ?? ""));

    private static Function Part(Func<DateTimeOffset, double> of) => new(StaSort.Number, [StaSort.Time], (a, _, _) => TimeOf(a) is { } time ? of(time) : null);

    private static Function Number(Func<double, double> of) => new(StaSort.Number, [StaSort.Number], (a, _, _) => a is double number ? of(number) : null);

    private sealed record Function(StaSort Gives, StaSort[] Takes, Func<object?, object?, object?, object?> Of);
}
