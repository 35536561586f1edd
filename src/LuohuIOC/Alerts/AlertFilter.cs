using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Spatial;

namespace LuohuIOC.Alerts;

/// <summary>Which alerts a list shows; null or empty means all. Newest raised first.</summary>
public sealed record AlertFilter
{
    public const int LimitMax = 1000;

    public IReadOnlyCollection<AlertState> States { get; init; } = [];

    public IReadOnlyCollection<Severity> Severities { get; init; } = [];

    /// <summary>Of <see cref="Alert.Worst"/>.</summary>
    public IReadOnlyCollection<Severity> Worst { get; init; } = [];

    /// <summary>Of <see cref="Alert.Highest"/>.</summary>
    public IReadOnlyCollection<Severity> Highest { get; init; } = [];

    public string? Sensor { get; init; }

    public string? Rule { get; init; }

    /// <summary>Wire names.</summary>
    public IReadOnlyCollection<string> Kinds { get; init; } = [];

    /// <summary>Its name.</summary>
    public string? Street { get; init; }

    /// <summary>Whether the condition holds no more.</summary>
    public bool? IsCleared { get; init; }

    /// <summary>Raised at or after.</summary>
    public long? FromMs { get; init; }

    /// <summary>Raised before.</summary>
    public long? ToMs { get; init; }

    /// <summary>Not over before; see <see cref="AlertDatabase.EndedSql"/>.</summary>
    public long? HeldFromMs { get; init; }

    /// <summary>Raised before: with <see cref="HeldFromMs"/> those whose life overlaps the span.</summary>
    public long? HeldToMs { get; init; }

    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended.</summary>
    public AlertCursor? After { get; init; }

    /// <summary>The parameters that <see cref="TryParse"/> reads.</summary>
    public static readonly string[] Names = ["state", "severity", "worst", "highest", "sensor", "rule", "kind", "street", "cleared", "from", "to", "heldFrom", "heldTo", "limit", "after"];

    /// <summary>
    /// Reads <c>?state=raised,acknowledged&amp;severity=orange,red&amp;worst=&amp;highest=&amp;sensor=&amp;rule=&amp;kind=&amp;street=&amp;cleared=&amp;from=&amp;to=&amp;heldFrom=&amp;heldTo=&amp;limit=&amp;after=</c>;
    /// <c>state=open</c> is raised and acknowledged; times are ISO 8601 or Unix ms. A street is a name or a code, kinds are several by comma:
    /// a word that nobody knows would answer an empty list, which reads as "no alerts". Sensors and rules may be of the past.
    /// </summary>
    /// <returns>The name of the parameter that cannot be read, or null.</returns>
    public static string? TryParse(IQueryCollection query, out AlertFilter filter)
    {
        filter = new AlertFilter();
        if (!TryWords(query["state"], States3, out var states)) return "state";
        if (!TryWords(query["severity"], Severities4, out var severities)) return "severity";
        if (!TryWords(query["worst"], Severities4, out var worst)) return "worst";
        if (!TryWords(query["highest"], Severities4, out var highest)) return "highest";
        if (!TryWords(query["kind"], KindNames, out var kinds)) return "kind";
        if (!TryStreet(query["street"], out var street)) return "street";
        if (!TryTruth(query["cleared"], out var isCleared)) return "cleared";
        if (!TryTime(query["from"], out var from)) return "from";
        if (!TryTime(query["to"], out var to)) return "to";
        if (!TryTime(query["heldFrom"], out var heldFrom)) return "heldFrom";
        if (!TryTime(query["heldTo"], out var heldTo)) return "heldTo";
        var limit = 100;
        if (Text(query["limit"]) is { } count && (!int.TryParse(count, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LimitMax)) return "limit";
        AlertCursor? after = null;
        if (Text(query["after"]) is { } cursor && !AlertCursor.TryParse(cursor, out after)) return "after";
        filter = new AlertFilter
        {
            States = states,
            Severities = severities,
            Worst = worst,
            Highest = highest,
            FromMs = from,
            ToMs = to,
            HeldFromMs = heldFrom,
            HeldToMs = heldTo,
            Limit = limit,
            After = after,
            Sensor = Text(query["sensor"]),
            Rule = Text(query["rule"]),
            Kinds = kinds,
            Street = street,
            IsCleared = isCleared,
        };
        return null;
    }

    private static readonly Dictionary<string, AlertState[]> States3 = new(StringComparer.OrdinalIgnoreCase)
    {
        ["raised"] = [AlertState.Raised],
        ["acknowledged"] = [AlertState.Acknowledged],
        ["closed"] = [AlertState.Closed],
        ["open"] = [AlertState.Raised, AlertState.Acknowledged],
    };

    private static readonly Dictionary<string, Severity[]> Severities4 =
        Enum.GetValues<Severity>().ToDictionary(AlertWords.Of, severity => new[] { severity }, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string[]> KindNames = KindCatalogue.All.Select(kind => kind.Name).Append(AlertSubject.GatewayKind).ToDictionary(name => name, name => new[] { name }, StringComparer.Ordinal);

    private static bool TryWords<T>(string? text, Dictionary<string, T[]> words, out IReadOnlyCollection<T> values)
    {
        var found = new HashSet<T>();
        values = found;
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!words.TryGetValue(word, out var meant)) return false;
            found.UnionWith(meant);
        }
        return true;
    }

    private static bool TryStreet(string? text, out string? name)
    {
        name = string.IsNullOrEmpty(text) ? null : StreetMap.Find(text)?.Name;
        return string.IsNullOrEmpty(text) || name is not null;
    }

    private static bool TryTruth(string? text, out bool? value)
    {
        value = bool.TryParse(text, out var isTrue) ? isTrue : null;
        return string.IsNullOrEmpty(text) || value is not null;
    }

    private static bool TryTime(string? text, out long? milliseconds)
    {
        milliseconds = null;
        if (string.IsNullOrEmpty(text)) return true;
        if (TimeParameter.TryParse(text, out var time)) milliseconds = time;
        return milliseconds is not null;
    }

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

/// <summary>Place in a list that is ordered by time raised, then id; as text <c>{ms}.{id}</c>, opaque to callers.</summary>
public sealed record AlertCursor(long RaisedMs, string Id)
{
    public static bool TryParse(string text, out AlertCursor? cursor)
    {
        var dot = text.IndexOf('.');
        cursor = dot > 0 && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            ? new AlertCursor(ms, text[(dot + 1)..]) : null;
        return cursor is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RaisedMs}.{Id}");
}
