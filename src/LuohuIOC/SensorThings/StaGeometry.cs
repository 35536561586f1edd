using System.Globalization;
using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO;

namespace LuohuIOC.SensorThings;

/// <summary>
/// Geometry in <c>$filter</c> (OGC SensorThings 1.1, 9.3.3.5.2): <c>geography'POLYGON ((114.1 22.5, …))'</c> in WKT, longitude before latitude,
/// WGS84. <c>geo.distance</c> and <c>geo.length</c> are in degrees, the unit of the coordinates, as OData has it.
/// </summary>
internal static class StaGeometry
{
    private const string Prefix = "geography'";

    // A filter travels in an address; a polygon of more than this was not drawn by hand.
    private const int TextMax = 20_000;

    /// <summary>Null for a token that is no geometry.</summary>
    public static Geometry? Literal(string token)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        if (token.Length > TextMax) throw new StaQueryException("$filter: geography", "geography-long", TextMax);
        try
        {
            var geometry = new WKTReader().Read(token[Prefix.Length..^1]);
            return geometry.IsValid ? geometry : throw new StaQueryException("$filter: geography", "geography-invalid");
        }
        catch (Exception e) when (e is ParseException or ArgumentException)
        {
            throw new StaQueryException($"$filter: {token}", "geography-unreadable");
        }
    }

    /// <summary>A GeoJSON point of an entity; null for anything else and for a place that is not known.</summary>
    public static Geometry? Of(JsonObject node) =>
        node["type"] is JsonValue type && type.TryGetValue(out string? name) && name == "Point" && node["coordinates"] is JsonArray { Count: >= 2 } at
            ? new Point((double)at[0]!, (double)at[1]!)
            : null;

    /// <summary>What a function of one or two geometries, or of two and a pattern, gives; null when there is no such function.</summary>
    public static Func<object?, object?, object?, object?>? Function(string name, int arguments) => (name, arguments) switch
    {
        ("geo.distance", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Distance(y)),
        ("geo.length", 1) => (a, _, _) => a is Geometry geometry ? geometry.Length : null,
        ("geo.intersects" or "st_intersects", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Intersects(y)),
        ("st_within", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Within(y)),
        ("st_contains", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Contains(y)),
        ("st_equals", 2) => (a, b, _) => Two(a, b, static (x, y) => x.EqualsTopologically(y)),
        ("st_disjoint", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Disjoint(y)),
        ("st_touches", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Touches(y)),
        ("st_overlaps", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Overlaps(y)),
        ("st_crosses", 2) => (a, b, _) => Two(a, b, static (x, y) => x.Crosses(y)),
        ("st_relate", 3) => (a, b, pattern) => pattern is string { Length: 9 } nine && nine.All(c => "TF*012".Contains(c, StringComparison.OrdinalIgnoreCase)) ? Two(a, b, (x, y) => x.Relate(y, nine.ToUpper(CultureInfo.InvariantCulture))) : null,
        _ => null,
    };

    private static object? Two<T>(object? a, object? b, Func<Geometry, Geometry, T> of) => a is Geometry x && b is Geometry y ? of(x, y) : null;
}
