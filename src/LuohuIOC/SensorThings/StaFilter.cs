using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LuohuIOC.SensorThings;

/// <summary>A question that cannot be understood; the message is for the caller.</summary>
internal sealed class StaQueryException(string message) : Exception(message);

/// <summary>
/// <c>$filter</c> of OGC SensorThings 1.1 (9.3.3.5): comparisons, and, or, not, parentheses, substringof, startswith, endswith, tolower,
/// toupper over property paths. <c>name eq 'x' and (properties/kind eq 'river' or not startswith(name,'y'))</c>
/// </summary>
internal sealed partial class StaFilter
{
    private const int DepthMax = 50;

    private readonly List<string> _tokens;
    private readonly Func<JsonObject, object?> _test;
    private int _at;
    private int _depth;

    private StaFilter(string text)
    {
        _tokens = [.. Token().Matches(text).Select(m => m.Value.Trim())];
        if (string.Concat(_tokens.Select(t => t.Replace(" ", ""))).Length != text.Replace(" ", "").Length) throw new StaQueryException($"$filter: '{text}'");
        _test = Or();
        if (_at < _tokens.Count) throw new StaQueryException($"$filter: '{_tokens[_at]}'");
    }

    /// <summary>Bounds of phenomenonTime that every match keeps, Unix ms, [from, to): history is asked for no more.</summary>
    public (long FromMs, long ToMs) Bounds { get; private set; } = (0, long.MaxValue);

    /// <summary>The datastream that every match belongs to; null when the filter names none.</summary>
    public string? Datastream { get; private set; }

    public static StaFilter Parse(string text) => new(text);

    public bool Matches(JsonObject entity) => _test(entity) is true;

    private Func<JsonObject, object?> Or()
    {
        if (++_depth > DepthMax) throw new StaQueryException("$filter: too deep");
        var left = And();
        while (TryTake("or"))
        {
            var (a, b) = (left, And());
            left = e => a(e) is true || b(e) is true;
            (Bounds, Datastream) = ((0, long.MaxValue), null);
            _isAlternative = true;
        }
        _depth--;
        return left;
    }

    private bool _isAlternative;

    private Func<JsonObject, object?> And()
    {
        var left = Not();
        while (TryTake("and"))
        {
            var (a, b) = (left, Not());
            left = e => a(e) is true && b(e) is true;
        }
        return left;
    }

    private Func<JsonObject, object?> Not()
    {
        if (!TryTake("not")) return Comparison();
        var (bounds, datastream) = (Bounds, Datastream);
        var inner = Comparison();
        (Bounds, Datastream) = (bounds, datastream);
        return e => inner(e) is not true;
    }

    private Func<JsonObject, object?> Comparison()
    {
        if (TryTake("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }
        var pathAt = _at;
        var left = Value();
        if (_at >= _tokens.Count || _tokens[_at] is not ("eq" or "ne" or "gt" or "ge" or "lt" or "le")) return left;
        var op = _tokens[_at++];
        var valueAt = _at;
        var right = Value();
        Narrow(_tokens[pathAt], op, _tokens[valueAt]);
        return e => Compare(left(e), right(e)) is { } order && op switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            _ => order <= 0,
        };
    }

    // Only what stands in a chain of "and" from the beginning holds for every match.
    private void Narrow(string path, string op, string value)
    {
        if (_isAlternative) return;
        if (path is "Datastream/id" or "Datastream/@iot.id" && op == "eq" && value.StartsWith('\'')) Datastream = Literal(value) as string;
        if (path is not ("phenomenonTime" or "resultTime") || Literal(value) is not DateTimeOffset at) return;
        var ms = at.ToUnixTimeMilliseconds();
        if (op is "gt" or "ge" or "eq") Bounds = (Math.Max(Bounds.FromMs, ms), Bounds.ToMs);
        if (op is "lt" or "le" or "eq") Bounds = (Bounds.FromMs, Math.Min(Bounds.ToMs, ms + 1));
    }

    private Func<JsonObject, object?> Value()
    {
        if (_at >= _tokens.Count) throw new StaQueryException("$filter: ends too early");
        var token = _tokens[_at++];
        if (_at < _tokens.Count && _tokens[_at] == "(") return Call(token);
        if (Literal(token) is { } literal) return _ => literal;
        if (token is "(" or ")" or ",") throw new StaQueryException($"$filter: '{token}'");
        var path = token.Split('/');
        return e => StaPath.Of(e, path);
    }

    private Func<JsonObject, object?> Call(string name)
    {
        Expect("(");
        var arguments = new List<Func<JsonObject, object?>> { Value() };
        while (TryTake(",")) arguments.Add(Value());
        Expect(")");
        return (name, arguments.Count) switch
        {
            ("substringof", 2) => e => Text(arguments[1], e).Contains(Text(arguments[0], e), StringComparison.Ordinal),
            ("startswith", 2) => e => Text(arguments[0], e).StartsWith(Text(arguments[1], e), StringComparison.Ordinal),
            ("endswith", 2) => e => Text(arguments[0], e).EndsWith(Text(arguments[1], e), StringComparison.Ordinal),
            ("tolower", 1) => e => Text(arguments[0], e).ToLowerInvariant(),
            ("toupper", 1) => e => Text(arguments[0], e).ToUpperInvariant(),
            ("length", 1) => e => (double)Text(arguments[0], e).Length,
            _ => throw new StaQueryException($"$filter: no function {name} of {arguments.Count}"),
        };
    }

    private static string Text(Func<JsonObject, object?> value, JsonObject entity) => value(entity) as string ?? "";

    private static object? Literal(string token)
    {
        if (token.StartsWith('\'')) return token[1..^1].Replace("''", "'");
        if (token is "true" or "false") return token == "true";
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        return StaPath.Time(token);
    }

    private static int? Compare(object? a, object? b) => (a, b) switch
    {
        (double x, double y) => x.CompareTo(y),
        (string x, DateTimeOffset y) when StaPath.Time(x) is { } time => time.CompareTo(y),
        (DateTimeOffset x, string y) when StaPath.Time(y) is { } time => x.CompareTo(time),
        (DateTimeOffset x, DateTimeOffset y) => x.CompareTo(y),
        (string x, string y) => string.CompareOrdinal(x, y),
        (bool x, bool y) => x.CompareTo(y),
        _ => null,
    };

    private bool TryTake(string token)
    {
        if (_at >= _tokens.Count || _tokens[_at] != token) return false;
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!TryTake(token)) throw new StaQueryException($"$filter: '{token}' is missing");
    }

    [GeneratedRegex(@"'(?:[^']|'')*'|[(),]|[^\s(),']+")]
    private static partial Regex Token();
}

/// <summary>Values of an entity by path, as <c>$filter</c> and <c>$orderby</c> name them.</summary>
internal static class StaPath
{
    public static object? Of(JsonObject entity, string[] path)
    {
        JsonNode? node = entity;
        foreach (var step in path) node = node is JsonObject inner ? inner[step is "id" ? "@iot.id" : step] : null;
        if (node is not JsonValue value) return null;
        if (value.TryGetValue(out string? text)) return text;
        if (value.TryGetValue(out bool truth)) return truth;
        return value.TryGetValue(out double number) ? number : value.TryGetValue(out long whole) ? (double)whole : null;
    }

    /// <summary>An ISO 8601 moment with its zone; null for anything else.</summary>
    public static DateTimeOffset? Time(string text) =>
        text.Length >= 11 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
