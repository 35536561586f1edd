using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Spatial;
using LuohuIOC.Texts;

namespace LuohuIOC.Registry;

/// <summary>A parameter that cannot be understood.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="Value">What was given.</param>
internal sealed record QueryFault(string Parameter, string Value)
{
    /// <summary>The problem, with what the parameter may be.</summary>
    /// <param name="context">The request.</param>
    public IResult In(HttpContext context) => Problem.Of(context, StatusCodes.Status400BadRequest, "sensor-query-invalid", Parameter, Value,
        TextBook.Get(TextBook.LanguageOf(context.Request), $"sensor-query.{Parameter}", Parameter switch
        {
            "kind" => [string.Join(", ", KindCatalogue.All.Select(kind => kind.Name))],
            "limit" => [SensorQuery.PageMax],
            _ => [],
        }));
}

/// <summary>Which sensors a request asks for. A scan in order of numbers: 100,000 rows take some milliseconds, so there is no index to keep right.</summary>
internal sealed class SensorQuery
{
    public const int PageDefault = 200;
    public const int PageMax = 10_000;

    private readonly HashSet<SensorKind> _kinds = [];
    private string? _street;
    private string? _gateway;
    private string? _text;
    private bool? _retired;
    private double[]? _box;
    private int _after = -1;
    private DateTimeOffset _now;

    /// <summary>Null when the request names no limit.</summary>
    public int? Limit { get; private set; }

    /// <summary>The parameters that <see cref="Parse"/> reads.</summary>
    public static readonly string[] Names = ["kind", "street", "bbox", "gateway", "q", "retired", "limit", "after", "bom"];

    /// <summary>Whether CSV begins with the mark by which Excel knows UTF-8.</summary>
    public bool HasMark { get; private set; }

    /// <summary>
    /// Reads <c>kind</c> (several by comma), <c>street</c> (name or code), <c>bbox</c>, <c>gateway</c>, <c>q</c>, <c>retired</c>, <c>limit</c>, <c>after</c>, <c>bom</c>.
    /// </summary>
    /// <param name="query">Of the request.</param>
    /// <param name="now">As of when a sensor is retired.</param>
    /// <param name="fault">The first parameter that cannot be understood.</param>
    public static SensorQuery? Parse(IQueryCollection query, DateTimeOffset now, out QueryFault? fault)
    {
        var parsed = new SensorQuery { _now = now };
        fault = null;
        foreach (var (written, values) in query)
        {
            var name = written.ToLowerInvariant();
            var value = values.ToString();
            if (value.Length == 0 || parsed.Take(name, value)) continue;
            fault = new QueryFault(name, value);
            return null;
        }
        return parsed;
    }

    /// <summary>Matching sensors after the cursor, in order of registration.</summary>
    public IEnumerable<Sensor> Run(SensorRegistry registry)
    {
        var count = registry.Count;
        for (var number = _after < count ? _after + 1 : count; number < count; number++)
            if (registry[number] is var sensor && Matches(sensor)) yield return sensor;
    }

    public SensorPage Page(SensorRegistry registry)
    {
        var limit = Limit ?? PageDefault;
        var found = Run(registry).Take(limit + 1).ToList();
        var next = found.Count > limit ? found[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null;
        return new SensorPage([.. found.Take(limit).Select(SensorView.Of)], next);
    }

    private bool Take(string name, string value) => name switch
    {
        "kind" => TakeKinds(value),
        "street" => (_street = StreetMap.Find(value)?.Name) is not null,
        "bbox" => TakeBox(value),
        "gateway" => (_gateway = value) is not null,
        "q" => (_text = value) is not null,
        "retired" => bool.TryParse(value, out var retired) && (_retired = retired) is not null,
        "limit" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= PageMax && (Limit = limit) is not null,
        "after" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _after),
        "bom" => bool.TryParse(value, out var mark) && (HasMark = mark) == mark,
        _ => true,
    };

    private bool TakeKinds(string value)
    {
        foreach (var name in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!KindCatalogue.TryParse(name, out var kind)) return false;
            _kinds.Add(kind);
        }
        return true;
    }

    // 114.10,22.53,114.16,22.58: west, south, east, north
    private bool TakeBox(string value)
    {
        var parts = value.Split(',');
        if (parts.Length != 4) return false;
        _box = new double[4];
        for (var i = 0; i < 4; i++)
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out _box[i]) || !double.IsFinite(_box[i])) return false;
        return _box is [>= -180, >= -90, <= 180, <= 90] && _box[0] <= _box[2] && _box[1] <= _box[3];
    }

    private bool Matches(Sensor sensor) =>
        (_kinds.Count == 0 || _kinds.Contains(sensor.Kind))
        && (_street is null || sensor.Street == _street)
        && (_gateway is null || sensor.Gateway == _gateway)
        && (_retired is null || sensor.IsRetired(_now) == _retired)
        && (_box is null || (sensor.Place is { } place
            && place.Longitude >= _box[0] && place.Longitude <= _box[2] && place.Latitude >= _box[1] && place.Latitude <= _box[3]))
        && (_text is null || sensor.Name.Contains(_text, StringComparison.OrdinalIgnoreCase) || sensor.Id.Contains(_text, StringComparison.OrdinalIgnoreCase));
}
