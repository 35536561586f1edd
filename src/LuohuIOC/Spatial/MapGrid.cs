using ProjNet.CoordinateSystems;
using ProjNet.CoordinateSystems.Transformations;

namespace LuohuIOC.Spatial;

/// <summary>A place on the survey's plane: metres east (with 500,000 m added) and north of the equator.</summary>
public readonly record struct GridPoint(double EastMetres, double NorthMetres);

/// <summary>
/// EPSG:4547, CGCS2000 / 3-degree Gauss-Kruger CM 114E: the plane of the city's surveys and construction drawings. Longitudes and
/// latitudes are CGCS2000, taken as equal to WGS84 (they differ by centimetres).
/// </summary>
public static class MapGrid
{
    private const string Wkt =
        """
        PROJCS["CGCS2000 / 3-degree Gauss-Kruger CM 114E",
          GEOGCS["China Geodetic Coordinate System 2000",
            DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],
            PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4490"]],
          PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",114],PARAMETER["scale_factor",1],
          PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1,AUTHORITY["EPSG","9001"]],AUTHORITY["EPSG","4547"]]
        """;

    private static readonly MathTransform ToGrid = Build();
    private static readonly MathTransform FromGrid = ToGrid.Inverse();

    public static GridPoint Of(GeoPoint place)
    {
        var (east, north) = ToGrid.Transform(place.Longitude, place.Latitude);
        return new GridPoint(east, north);
    }

    public static GeoPoint PlaceOf(GridPoint point)
    {
        var (longitude, latitude) = FromGrid.Transform(point.EastMetres, point.NorthMetres);
        return new GeoPoint(longitude, latitude);
    }

    private static MathTransform Build()
    {
        var grid = (ProjectedCoordinateSystem)new CoordinateSystemFactory().CreateFromWkt(Wkt);
        return new CoordinateTransformationFactory().CreateFromCoordinateSystems(grid.GeographicCoordinateSystem, grid).MathTransform;
    }
}
