using System.Globalization;
using System.Text.Json.Nodes;

namespace LuohuIOC.SensorThings;

/// <summary>One <c>$expand</c> and the options inside its parentheses.</summary>
internal sealed record StaExpand(string Name, StaQuery Query);

/// <summary>The query options of OGC SensorThings 1.1, clause 9.3.</summary>
internal sealed class StaQuery
{
    public const int TopDefault = 100;
    public const int TopMax = 1_000;
    private const int DepthMax = 4;

    public StaFilter? Filter { get; private set; }

    public List<(string[] Path, bool Descending)> OrderBy { get; } = [];

    public int Top { get; private set; } = TopDefault;

    public int Skip { get; private set; }

    /// <summary>Where the page before ended, of observations.</summary>
    public string? SkipToken { get; private set; }

    public bool Count { get; private set; }

    /// <summary>False when nothing is asked but what the path leads to.</summary>
    public bool IsEmpty => Written.Length == 0 && Skip == 0 && SkipToken is null;

    public List<string> Select { get; } = [];

    public List<StaExpand> Expand { get; } = [];

    /// <summary>The options as they were written, without those that say where to begin: what a link to the next page repeats.</summary>
    public string Written { get; private init; } = "";

    /// <param name="options">As they stand in the address.</param>
    /// <param name="time">The clock of <c>now()</c>; null for the machine's.</param>
    /// <exception cref="StaQueryException">An option is unknown or cannot be understood.</exception>
    public static StaQuery Parse(IEnumerable<KeyValuePair<string, string>> options, TimeProvider? time = null) => Parse(options, (time ?? TimeProvider.System).GetUtcNow(), 0);

    private static StaQuery Parse(IEnumerable<KeyValuePair<string, string>> options, DateTimeOffset now, int depth)
    {
        var all = options.ToList();
        var query = new StaQuery { Written = string.Join('&', all.Where(o => o.Key is not ("$skip" or "$skiptoken")).Select(o => $"{o.Key}={Uri.EscapeDataString(o.Value)}")) };
        foreach (var (name, value) in all) query.Take(name, value, now, depth);
        return query;
    }

    /// <summary>Filtered and in order; without paging.</summary>
    public IEnumerable<StaScope> Sift(IEnumerable<StaScope> entities)
    {
        if (Filter is not null) entities = entities.Where(Filter.Matches);
        IOrderedEnumerable<StaScope>? ordered = null;
        foreach (var (path, descending) in OrderBy)
        {
            object? Key(StaScope e) => e.Of(path);
            var by = Comparer<object?>.Create((a, b) => a is double x && b is double y ? x.CompareTo(y) : string.CompareOrdinal(a as string, b as string));
            ordered = (ordered, descending) switch
            {
                (null, false) => entities.OrderBy(Key, by),
                (null, true) => entities.OrderByDescending(Key, by),
                (_, false) => ordered.ThenBy(Key, by),
                _ => ordered.ThenByDescending(Key, by),
            };
        }
        return ordered ?? entities;
    }

    /// <summary>Leaves only what <c>$select</c> names and what was expanded.</summary>
    public JsonObject Selected(JsonObject entity)
    {
        if (Select.Count == 0) return entity;
        foreach (var name in entity.Select(p => p.Key).ToList())
            if (!Select.Contains(name == "@iot.id" ? "id" : name) && !Expand.Exists(e => e.Name == name)) entity.Remove(name);
        return entity;
    }

    private void Take(string name, string value, DateTimeOffset now, int depth)
    {
        switch (name)
        {
            case "$filter":
                Filter = StaFilter.Parse(value, now);
                break;
            case "$orderby":
                foreach (var part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (words.Length > 2 || (words.Length == 2 && words[1] is not ("asc" or "desc"))) throw new StaQueryException($"$orderby: '{part}'");
                    OrderBy.Add((words[0].Split('/'), words is [_, "desc"]));
                }
                break;
            case "$top":
                Top = Math.Min(Number(name, value), TopMax);
                break;
            case "$skip":
                Skip = Number(name, value);
                break;
            case "$skiptoken":
                SkipToken = value;
                break;
            case "$count":
                if (!bool.TryParse(value, out var count)) throw new StaQueryException($"$count: '{value}'");
                Count = count;
                break;
            case "$select":
                Select.AddRange(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => s == "@iot.id" ? "id" : s));
                break;
            case "$expand":
                if (depth >= DepthMax) throw new StaQueryException("$expand", "too-deep");
                foreach (var part in Split(value, ',')) Expand.Add(ParseExpand(part, now, depth));
                break;
            default:
                throw new StaQueryException($"'{name}'");
        }
    }

    // Datastreams($top=1;$expand=Observations($top=1)) and Datastreams/ObservedProperty
    private static StaExpand ParseExpand(string text, DateTimeOffset now, int depth)
    {
        var open = text.IndexOf('(');
        var path = (open < 0 ? text : text[..open]).Split('/', 2);
        var options = new List<KeyValuePair<string, string>>();
        if (path.Length > 1) options.Add(new("$expand", path[1] + (open < 0 ? "" : text[open..])));
        else if (open >= 0)
        {
            if (!text.EndsWith(')')) throw new StaQueryException($"$expand: '{text}'");
            foreach (var option in Split(text[(open + 1)..^1], ';'))
            {
                var equals = option.IndexOf('=');
                if (equals < 0) throw new StaQueryException($"$expand: '{option}'");
                options.Add(new(option[..equals], option[(equals + 1)..]));
            }
        }
        return new StaExpand(path[0], Parse(options, now, depth + 1));
    }

    // Splits outside of parentheses and quotes.
    private static IEnumerable<string> Split(string text, char separator)
    {
        var (depth, quoted, from) = (0, false, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == separator && depth == 0 && !quoted))
            {
                if (text[from..i].Trim() is { Length: > 0 } part) yield return part;
                from = i + 1;
            }
            else if (text[i] == '\'') quoted = !quoted;
            else if (!quoted && text[i] == '(') depth++;
            else if (!quoted && text[i] == ')') depth--;
        }
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new StaQueryException($"{name}: '{value}'");
}
