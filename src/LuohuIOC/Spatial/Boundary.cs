using System.Text.Json;
using NetTopologySuite.Algorithm.Locate;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO.Converters;

namespace LuohuIOC.Spatial;

/// <summary>
/// The district's outline, WGS84. Its vertices are quantised to 1/1024 degree (about 100 m): a place closer to the outline than
/// <see cref="UncertaintyMetres"/> may truly be on either side.
/// </summary>
public sealed class Boundary
{
    public const double UncertaintyMetres = 200;

    private readonly IndexedPointInAreaLocator _locator;

    private Boundary(Geometry area)
    {
        Area = area;
        _locator = new IndexedPointInAreaLocator(area);
    }

    public static Boundary Luohu { get; } = Load();

    public Geometry Area { get; }

    /// <summary>True strictly inside, false on the outline and outside.</summary>
    public bool Contains(GeoPoint point) => _locator.Locate(new Coordinate(point.Longitude, point.Latitude)) == Location.Interior;

    /// <summary>Inside, or outside by no more than the outline's own uncertainty.</summary>
    public bool MayContain(GeoPoint point)
    {
        if (Contains(point)) return true;
        var onOutline = NetTopologySuite.Operation.Distance.DistanceOp.NearestPoints(
            Area, Area.Factory.CreatePoint(new Coordinate(point.Longitude, point.Latitude)))[0];
        return new GeoPoint(onOutline.X, onOutline.Y).MetresTo(point) <= UncertaintyMetres;
    }

    private static Boundary Load()
    {
        var options = new JsonSerializerOptions { Converters = { new GeoJsonConverterFactory() } };
        var features = JsonSerializer.Deserialize<FeatureCollection>(SpatialData.Open("luohu-boundary-wgs84.geojson"), options)!;
        return new Boundary(features[0].Geometry);
    }
}
