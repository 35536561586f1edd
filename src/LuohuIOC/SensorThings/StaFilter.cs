using System.Globalization;
using System.Text.RegularExpressions;

namespace LuohuIOC.SensorThings;

/// <summary>
/// <c>$filter</c> of OGC SensorThings 1.1 (9.3.3.5): comparisons, and, or, not, parentheses, substringof, startswith, endswith, tolower,
/// toupper, trim, length, concat, indexof and the functions of <see cref="StaGeometry"/> over property paths, through neighbours too. <c>name eq 'x' and (properties/kind eq 'river' or not startswith(name,'y'))</c>
/// </summary>
internal sealed partial class StaFilter
{
    private const int DepthMax = 50;

    private readonly List<string> _tokens;
    private readonly Func<StaScope, object?> _test;
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

    /// <summary>True when the bounds and the datastream are all that the filter says: a chain of "and" of nothing but them.</summary>
    public bool IsBoundsOnly { get; private set; } = true;

    /// <summary>Every property that the filter names.</summary>
    public List<string[]> Paths { get; } = [];

    public static StaFilter Parse(string text) => new(text);

    public bool Matches(StaScope entity) => StaValues.IsTrue(_test(entity));

    private Func<StaScope, object?> Or()
    {
        if (++_depth > DepthMax) throw new StaQueryException("$filter", "too-deep");
        var left = And();
        while (TryTake("or"))
        {
            var (a, b) = (left, And());
            left = e => StaValues.IsTrue(a(e)) || StaValues.IsTrue(b(e));
            (Bounds, Datastream) = ((0, long.MaxValue), null);
            _isAlternative = true;
            IsBoundsOnly = false;
        }
        _depth--;
        return left;
    }

    private bool _isAlternative;

    private Func<StaScope, object?> And()
    {
        var left = Not();
        while (TryTake("and"))
        {
            var (a, b) = (left, Not());
            left = e => StaValues.IsTrue(a(e)) && StaValues.IsTrue(b(e));
        }
        return left;
    }

    private Func<StaScope, object?> Not()
    {
        if (!TryTake("not")) return Comparison();
        var (bounds, datastream) = (Bounds, Datastream);
        var inner = Comparison();
        (Bounds, Datastream) = (bounds, datastream);
        IsBoundsOnly = false;
        return e => !StaValues.IsTrue(inner(e));
    }

    private Func<StaScope, object?> Comparison()
    {
        if (TryTake("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }
        var pathAt = _at;
        var left = Value();
        if (_at >= _tokens.Count || _tokens[_at] is not ("eq" or "ne" or "gt" or "ge" or "lt" or "le"))
        {
            IsBoundsOnly = false;
            return left.Of;
        }
        var op = _tokens[_at++];
        var valueAt = _at;
        var right = Value();
        var written = $"{string.Concat(_tokens[pathAt..(valueAt - 1)])} {op} {string.Concat(_tokens[valueAt.._at])}";
        StaOperand.Check(left, right, written);
        Narrow(_tokens[pathAt], op, _tokens[valueAt]);
        return e => StaValues.Each(left.Of(e), right.Of(e), (a, b) => Compare(a, b, written) is { } order && op switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            _ => order <= 0,
        });
    }

    // Only what stands in a chain of "and" from the beginning holds for every match.
    private void Narrow(string path, string op, string value)
    {
        if (_isAlternative) return;
        if (path is "Datastream/id" or "Datastream/@iot.id" && op == "eq" && value.StartsWith('\'') && Datastream is null)
        {
            Datastream = Literal(value) as string;
            return;
        }
        if (path is not ("phenomenonTime" or "resultTime") || op == "ne" || Literal(value) is not DateTimeOffset at)
        {
            IsBoundsOnly = false;
            return;
        }
        // Observations lie on whole milliseconds, a literal may lie between two.
        var floor = at.ToUnixTimeMilliseconds();
        var ceiling = at.Ticks % TimeSpan.TicksPerMillisecond == 0 ? floor : floor + 1;
        var (from, to) = op switch
        {
            "gt" => (floor + 1, long.MaxValue),
            "ge" => (ceiling, long.MaxValue),
            "lt" => (0, ceiling),
            "le" => (0, floor + 1),
            _ => (ceiling, floor + 1),
        };
        Bounds = (Math.Max(Bounds.FromMs, from), Math.Min(Bounds.ToMs, to));
    }

    private StaOperand Value()
    {
        if (_at >= _tokens.Count) throw new StaQueryException("$filter", "ends-early");
        var token = _tokens[_at++];
        if (_at < _tokens.Count && _tokens[_at] == "(") return Call(token);
        if (Literal(token) is { } literal) return StaOperand.Literal(literal);
        if (token is "(" or ")" or ",") throw new StaQueryException($"$filter: '{token}'");
        if (token == "null") return new StaOperand(_ => null, StaSort.Null);
        var path = token.Split('/');
        Paths.Add(path);
        return StaOperand.Property(path);
    }

    private StaOperand Call(string name)
    {
        Expect("(");
        var arguments = new List<Func<StaScope, object?>> { Value().Of };
        while (TryTake(",")) arguments.Add(Value().Of);
        Expect(")");
        if (StaGeometry.Function(name, arguments.Count) is { } geometric)
        {
            var pattern = arguments.Count > 2 ? arguments[2] : _ => null;
            var second = arguments.Count > 1 ? arguments[1] : _ => null;
            return new StaOperand(e => StaValues.Each(arguments[0](e), second(e), (a, b) => geometric(a, b, pattern(e))), SortOf(name));
        }
        Func<string, string, object?> text = (name, arguments.Count) switch
        {
            ("substringof", 2) => (a, b) => b.Contains(a, StringComparison.Ordinal),
            ("startswith", 2) => (a, b) => a.StartsWith(b, StringComparison.Ordinal),
            ("endswith", 2) => (a, b) => a.EndsWith(b, StringComparison.Ordinal),
            ("tolower", 1) => (a, _) => a.ToLowerInvariant(),
            ("toupper", 1) => (a, _) => a.ToUpperInvariant(),
            ("trim", 1) => (a, _) => a.Trim(),
            ("length", 1) => (a, _) => (double)a.Length,
            ("concat", 2) => (a, b) => a + b,
            ("indexof", 2) => (a, b) => (double)a.IndexOf(b, StringComparison.Ordinal),
            _ => throw new StaQueryException($"$filter: '{name}'", "no-function", arguments.Count),
        };
        return new StaOperand(e => StaValues.Each(arguments[0](e), arguments.Count > 1 ? arguments[1](e) : null, (a, b) => text(a as string ?? "", b as string ?? "")), SortOf(name));
    }

    private static StaSort SortOf(string function) => function switch
    {
        "length" or "indexof" or "geo.distance" or "geo.length" => StaSort.Number,
        "tolower" or "toupper" or "trim" or "concat" => StaSort.Text,
        _ => StaSort.Truth,
    };

    private static object? Literal(string token)
    {
        if (StaGeometry.Literal(token) is { } geometry) return geometry;
        if (token.StartsWith('\'')) return token[1..^1].Replace("''", "'");
        if (token is "true" or "false") return token == "true";
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        return StaPath.Time(token);
    }

    private static int? Compare(object? a, object? b, string written) => (a, b) switch
    {
        (null, _) or (_, null) => null,
        (double x, double y) => x.CompareTo(y),
        (string x, DateTimeOffset y) when StaPath.Time(x) is { } time => time.CompareTo(y),
        (DateTimeOffset x, string y) when StaPath.Time(y) is { } time => x.CompareTo(time),
        (DateTimeOffset x, DateTimeOffset y) => x.CompareTo(y),
        (string x, string y) => string.CompareOrdinal(x, y),
        (bool x, bool y) => x.CompareTo(y),
        _ => throw StaOperand.NotAlike(written),
    };

    private bool TryTake(string token)
    {
        if (_at >= _tokens.Count || _tokens[_at] != token) return false;
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!TryTake(token)) throw new StaQueryException("$filter", "missing", token);
    }

    [GeneratedRegex(@"(?:geography)?'(?:[^']|'')*'|[(),]|[^\s(),']+")]
    private static partial Regex Token();
}
