using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using LuohuIOC.Http;

namespace LuohuIOC.SensorThings;

/// <summary>
/// <c>$filter</c> of OGC SensorThings 1.1 (9.3.3.5): comparisons, and, or, not, parentheses, <see cref="StaArithmetic"/>, <see cref="StaFunctions"/> and
/// those of <see cref="StaGeometry"/> over property paths, through neighbours too. <c>name eq 'x' and (properties/kind eq 'river' or not startswith(name,'y'))</c>
/// </summary>
internal sealed partial class StaFilter
{
    private const int DepthMax = 50;
    private const string Duration = "duration'";

    // Behind it Beijing's clock has no day.
    private static readonly DateTimeOffset LastDay = DateTimeOffset.MaxValue - TimeParameter.ShanghaiOffset;

    private readonly List<string> _tokens;
    private readonly Func<StaScope, object?> _test;
    private readonly DateTimeOffset _now;
    private int _at;
    private int _depth;
    private bool _isAlternative;

    private StaFilter(string text, DateTimeOffset now)
    {
        _now = now;
        _tokens = [.. Token().Matches(text).Select(m => m.Value.Trim())];
        if (string.Concat(_tokens.Select(t => t.Replace(" ", ""))).Length != text.Replace(" ", "").Length) throw new StaQueryException($"$filter: '{text}'");
        _test = Condition(Or(), 0).Of;
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

    /// <param name="text">As it was written.</param>
    /// <param name="now">What <c>now()</c> gives.</param>
    /// <exception cref="StaQueryException">It is no condition.</exception>
    public static StaFilter Parse(string text, DateTimeOffset now) => new(text, now);

    public bool Matches(StaScope entity) => StaValues.IsTrue(_test(entity));

    private StaOperand Or()
    {
        if (++_depth > DepthMax) throw new StaQueryException("$filter", "too-deep");
        var from = _at;
        var left = And();
        while (TryTake("or"))
        {
            var a = Condition(left, from).Of;
            var b = Condition(And(), from).Of;
            left = new StaOperand(e => StaValues.IsTrue(a(e)) || StaValues.IsTrue(b(e)), StaSort.Truth);
            (Bounds, Datastream) = ((0, long.MaxValue), null);
            _isAlternative = true;
            IsBoundsOnly = false;
        }
        _depth--;
        return left;
    }

    private StaOperand And()
    {
        var from = _at;
        var left = Not();
        while (TryTake("and"))
        {
            var (a, b) = (Condition(left, from).Of, Condition(Not(), from).Of);
            left = new StaOperand(e => StaValues.IsTrue(a(e)) && StaValues.IsTrue(b(e)), StaSort.Truth);
        }
        return left;
    }

    private StaOperand Not()
    {
        if (!TryTake("not")) return Comparison();
        var (from, narrowed) = (_at, (Bounds, Datastream));
        var inner = Condition(Comparison(), from).Of;
        Widen(narrowed);
        return new StaOperand(e => !StaValues.IsTrue(inner(e)), StaSort.Truth);
    }

    private StaOperand Comparison()
    {
        var (from, narrowed) = (_at, (Bounds, Datastream));
        var left = Sum();
        if (_at >= _tokens.Count || _tokens[_at] is not ("eq" or "ne" or "gt" or "ge" or "lt" or "le"))
        {
            // In parentheses stands a condition whose own comparisons have said what they bound.
            if (_tokens[from] != "(") IsBoundsOnly = false;
            return left;
        }
        var op = _tokens[_at++];
        var right = Sum();
        // (phenomenonTime lt …) eq false
        if (left.Sort == StaSort.Truth || right.Sort == StaSort.Truth) Widen(narrowed);
        var written = Written(from);
        StaOperand.Check(left, right, written);
        Narrow(left.Path, op, right);
        return new StaOperand(e => StaValues.Each(left.Of(e), right.Of(e), (a, b) => Compare(a, b, written) is { } order && op switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            _ => order <= 0,
        }), StaSort.Truth);
    }

    private StaOperand Sum()
    {
        var from = _at;
        var left = Product();
        while (_at < _tokens.Count && _tokens[_at] is "add" or "sub")
        {
            var (op, right) = (_tokens[_at++], Product());
            left = StaArithmetic.Of(left, op, right, Written(from));
        }
        return left;
    }

    private StaOperand Product()
    {
        var from = _at;
        var left = Value();
        while (_at < _tokens.Count && _tokens[_at] is "mul" or "div" or "mod")
        {
            var (op, right) = (_tokens[_at++], Value());
            left = StaArithmetic.Of(left, op, right, Written(from));
        }
        return left;
    }

    private StaOperand Value()
    {
        if (_at >= _tokens.Count) throw new StaQueryException("$filter", "ends-early");
        var token = _tokens[_at++];
        if (token == "(")
        {
            var inner = Or();
            Expect(")");
            return inner;
        }
        if (_at < _tokens.Count && _tokens[_at] == "(") return Call(token);
        if (token == "null") return StaOperand.Literal(null);
        if (Literal(token) is { } literal) return StaOperand.Literal(literal);
        if (token is ")" or ",") throw new StaQueryException($"$filter: '{token}'");
        var path = token.Split('/');
        Paths.Add(path);
        return StaOperand.Property(path);
    }

    private StaOperand Call(string name)
    {
        var narrowed = (Bounds, Datastream);
        Expect("(");
        var arguments = new List<StaOperand>();
        if (!TryTake(")"))
        {
            do arguments.Add(Sum());
            while (TryTake(","));
            Expect(")");
        }
        if (arguments.Exists(a => a.Sort == StaSort.Truth)) Widen(narrowed);
        return StaFunctions.Call(name, arguments, _now);
    }

    // What has been said is part of something else: it bounds nothing.
    private void Widen(((long FromMs, long ToMs) Bounds, string? Datastream) to)
    {
        (Bounds, Datastream) = to;
        IsBoundsOnly = false;
    }

    private StaOperand Condition(StaOperand operand, int from) =>
        operand.Sort is StaSort.Truth or StaSort.Unknown or StaSort.Null ? operand : throw new StaQueryException($"$filter: {Written(from)}", "no-condition");

    private string Written(int from) => string.Join(' ', _tokens[from.._at]).Replace("( ", "(").Replace(" )", ")").Replace(" (", "(").Replace(" ,", ",");

    // Only what stands in a chain of "and" from the beginning holds for every match.
    private void Narrow(string[]? path, string op, StaOperand value)
    {
        if (_isAlternative) return;
        if (path is ["Datastream", "id" or "@iot.id"] && op == "eq" && value.Constant is string stream && Datastream is null)
        {
            Datastream = stream;
            return;
        }
        if (path is not ["phenomenonTime" or "resultTime"] || op == "ne" || value.Constant is not DateTimeOffset at)
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

    private static object? Literal(string token)
    {
        if (StaGeometry.Literal(token) is { } geometry) return geometry;
        if (token.StartsWith('\'')) return token[1..^1].Replace("''", "'");
        if (token is "true" or "false") return token == "true";
        if (token.StartsWith(Duration, StringComparison.Ordinal)) return LengthOf(token);
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        if (TimeOfDay().IsMatch(token) && TimeOnly.TryParse(token, CultureInfo.InvariantCulture, out var timeOfDay)) return timeOfDay;
        return StaPath.Time(token);
    }

    // Of days and less, as OData has it: a month has no length.
    private static TimeSpan LengthOf(string token)
    {
        var text = token[Duration.Length..^1];
        try
        {
            if (!text.AsSpan(0, text.IndexOf('T') is >= 0 and var at ? at : text.Length).ContainsAny('Y', 'M')) return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            // Told below.
        }
        throw new StaQueryException($"$filter: {token}", "duration");
    }

    private static int? Compare(object? a, object? b, string written) => (a, b) switch
    {
        (null, _) or (_, null) => null,
        (double x, double y) => x.CompareTo(y),
        (string x, DateTimeOffset y) when StaPath.Time(x) is { } time => time.CompareTo(y),
        (DateTimeOffset x, string y) when StaPath.Time(y) is { } time => x.CompareTo(time),
        (DateTimeOffset x, DateTimeOffset y) => x.CompareTo(y),
        (DateOnly x, DateOnly y) => x.CompareTo(y),
        (DateOnly x, DateTimeOffset y) when DayOf(y) is { } day => x.CompareTo(day),
        (DateTimeOffset x, DateOnly y) when DayOf(x) is { } day => day.CompareTo(y),
        (TimeOnly x, TimeOnly y) => x.CompareTo(y),
        (TimeSpan x, TimeSpan y) => x.CompareTo(y),
        (string x, string y) => string.CompareOrdinal(x, y),
        (bool x, bool y) => x.CompareTo(y),
        _ => throw StaOperand.NotAlike(written),
    };

    // A day that was written alone was read as its midnight in Beijing.
    private static DateOnly? DayOf(DateTimeOffset time) => time > LastDay ? DateOnly.MaxValue : time.ToOffset(TimeParameter.ShanghaiOffset) is { TimeOfDay.Ticks: 0 } midnight ? DateOnly.FromDateTime(midnight.DateTime) : null;

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

    [GeneratedRegex(@"(?:geography|duration)?'(?:[^']|'')*'|[(),]|[^\s(),']+")]
    private static partial Regex Token();

    // 08:00, 08:00:00.5
    [GeneratedRegex(@"^\d\d:\d\d(:\d\d(\.\d{1,7})?)?$")]
    private static partial Regex TimeOfDay();
}
