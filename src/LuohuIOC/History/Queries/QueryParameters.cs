using System.Globalization;
using LuohuIOC.Http;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Queries;

/// <summary>A parameter that cannot be answered to: the code of its problem details with the places of its text.</summary>
internal sealed record ParameterFault(string Code, params object?[] Arguments);

/// <summary>
/// Reads a query string and keeps the first thing that is wrong with it. <c>metric=level&amp;metric=flow</c> and <c>metric=level,flow</c>
/// are the same; a parameter without a value counts as absent.
/// </summary>
internal sealed class QueryParameters(IQueryCollection query, long nowMs)
{
    private const long DefaultRangeMs = 24 * 3_600_000;
    private const int DefaultLimit = 1_000;

    public ParameterFault? Fault { get; private set; }

    /// <summary>The request, or null with <see cref="Fault"/> set.</summary>
    public ReadingRequest? Request(IReadOnlyList<Sensor> sensors)
    {
        var last = Number("last", 0, ReadingRequest.LimitMax / sensors.Count);
        var (fromMs, toMs) = Range(last > 0 ? long.MaxValue : DefaultRangeMs);
        var aggregates = Aggregates();
        var request = new ReadingRequest
        {
            Sensors = sensors,
            Metrics = Metrics(sensors),
            FromMs = fromMs,
            ToMs = toMs,
            EveryMs = EveryMs(),
            Aggregates = aggregates,
            Last = last > 0 ? last : null,
            Quality = Quality(aggregates.Count > 0 ? QualityFilter.Usable : QualityFilter.All),
            Limit = Number("limit", aggregates.Count > 0 || last > 0 ? ReadingRequest.LimitMax : DefaultLimit, ReadingRequest.LimitMax),
            After = After(sensors),
        };
        if (last > 0 && (aggregates.Count > 0 || request.After is not null)) Fail("readings-last-alone");
        return Fault is null ? request : null;
    }

    /// <summary>[from, to): the last 24 hours unless said otherwise. Readings may be a minute ahead of the clock.</summary>
    /// <param name="defaultMs">Length when no beginning is given; <see cref="long.MaxValue"/> for all there is.</param>
    public (long FromMs, long ToMs) Range(long defaultMs)
    {
        var toMs = Time("to") ?? nowMs + ReadingClock.AheadToleranceMs + 1;
        var fromMs = Time("from") ?? (defaultMs == long.MaxValue ? 0 : Math.Min(toMs, nowMs) - defaultMs);
        if (fromMs >= toMs) Fail("readings-range");
        return (fromMs, toMs);
    }

    public IReadOnlyList<string> Words(string name) =>
        [.. query[name].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];

    /// <summary>The first of these parameters that is given; null when none is.</summary>
    public string? FirstOf(IEnumerable<string> names) => names.FirstOrDefault(name => Text(name) is not null);

    private string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private long? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        if (TimeParameter.TryParse(text, out var ms)) return ms;
        Fail("readings-time", name, text);
        return null;
    }

    private int Number(string name, int none, int max)
    {
        if (Text(name) is not { } text) return none;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max) return number;
        Fail("readings-number", name, text, max);
        return none;
    }

    private long? EveryMs()
    {
        if (Text("every") is not { } text) return null;
        if (Every.TryParse(text, out var ms)) return ms;
        Fail("readings-every", text);
        return null;
    }

    private IReadOnlyList<Aggregate> Aggregates()
    {
        var words = Words("aggregate");
        if (words.Count == 0) return Text("every") is null ? [] : [Aggregate.Mean];
        var aggregates = new List<Aggregate>();
        foreach (var word in words)
        {
            if (!TryWord<Aggregate>(word, out var aggregate)) Fail("readings-aggregate", word, KnownWords<Aggregate>());
            else if (!aggregates.Contains(aggregate)) aggregates.Add(aggregate);
        }
        return aggregates;
    }

    private QualityFilter Quality(QualityFilter none)
    {
        if (Text("quality") is not { } text) return none;
        if (TryWord<QualityFilter>(text, out var filter)) return filter;
        Fail("readings-quality", text, KnownWords<QualityFilter>());
        return none;
    }

    private IReadOnlyList<string> Metrics(IReadOnlyList<Sensor> sensors)
    {
        var words = Words("metric");
        var known = sensors.SelectMany(s => s.Layout.Names).Distinct().ToList();
        if (words.FirstOrDefault(w => !known.Contains(w)) is { } unknown) Fail("readings-metric", unknown, string.Join(", ", known));
        return words;
    }

    private PageMark? After(IReadOnlyList<Sensor> sensors)
    {
        if (Text("after") is not { } text) return null;
        if (PageMark.TryParse(text, out var mark) && sensors.Any(s => s.Number == mark.Sensor)) return mark;
        Fail("readings-after", text);
        return null;
    }

    private void Fail(string code, params object?[] arguments) => Fault ??= new ParameterFault(code, arguments);

    private static bool TryWord<T>(string word, out T value) where T : struct, Enum =>
        Enum.TryParse(word, ignoreCase: true, out value) && char.IsAsciiLetter(word[0]) && Enum.IsDefined(value);

    private static string KnownWords<T>() where T : struct, Enum => string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant();
}
