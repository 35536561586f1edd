using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Queries;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Influx;

/// <summary>Names of what a point holds besides its metrics. Metric names are lower case, so these never meet one.</summary>
internal static class PointFields
{
    /// <summary>The one tag: the sensor's id.</summary>
    public const string Sensor = "sensor";

    /// <summary>Grade as a number, in every point: 0 good, 1 doubtful, 2 bad.</summary>
    public const string Quality = "Quality";

    /// <summary>Reason as a number, in points that are not good.</summary>
    public const string Reason = "Reason";

    /// <summary>Names of the metrics that are not good, by commas; <see cref="All"/> when the fault is the whole reading's.</summary>
    public const string Blamed = "Blamed";

    /// <summary>Sequence number, where the device gives one.</summary>
    public const string Sequence = "Seq";

    /// <summary>Device time, Unix ms, where it is not the point's.</summary>
    public const string DeviceTime = "DeviceTime";

    public const string All = "*";
}

/// <summary>Small pieces of InfluxQL. Ids and names come from the registry and the contract, and are quoted all the same.</summary>
internal static class InfluxQl
{
    /// <summary><c>a"b</c> → <c>"a\"b"</c></summary>
    public static string Name(string name) => $"\"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary><c>it's</c> → <c>'it\'s'</c></summary>
    public static string Text(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "\\'")}'";

    /// <summary>Readings of one kind of sensor are one measurement.</summary>
    public static string Measurement(Sensor sensor) => Name(KindCatalogue.Of(sensor.Kind).Name);

    public static string IsSensor(Sensor sensor) => $"{Name(PointFields.Sensor)} = {Text(sensor.Id)}";

    /// <summary>[from, to) in nanoseconds.</summary>
    public static string InRange(long fromNs, long toNs) => $"time >= {fromNs} AND time < {toNs}";

    /// <summary>The point has one of the metrics, and it is trusted enough; InfluxQL knows no IS NOT NULL, but a comparison with nothing is false.</summary>
    public static string HasOneOf(IEnumerable<string> metrics, QualityFilter quality) => $"({string.Join(" OR ", metrics.Select(m => $"({Has(m)}{Trusts(m, quality)})"))})";

    /// <summary>The whole point is trusted enough.</summary>
    public static string IsTrusted(QualityFilter quality) => $"{Name(PointFields.Quality)} <= {quality.Worst()}";

    private static string Has(string metric) => $"({Name(metric)} >= 0 OR {Name(metric)} < 0)";

    // Metric names are letters, digits and _: nothing in them means anything to an expression.
    private static string Trusts(string metric, QualityFilter quality) =>
        quality == QualityFilter.All ? "" : $" AND ({IsTrusted(quality)} OR {Name(PointFields.Blamed)} !~ /(^|,){metric}(,|$)|^\\*$/)";
}
