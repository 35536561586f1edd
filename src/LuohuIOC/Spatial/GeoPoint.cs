namespace LuohuIOC.Spatial;

/// <summary>A place in WGS84 degrees (taken as equal to CGCS2000, which differs by centimetres).</summary>
public readonly record struct GeoPoint(double Longitude, double Latitude)
{
    // Metres of a degree at latitude 22.56° on the WGS84 ellipsoid: right to 0.1 % anywhere in the district.
    private const double MetresEast = 102_850;
    private const double MetresNorth = 110_740;

    /// <summary>The place so many metres to the east and north, rounded to 0.1 m as six decimals are.</summary>
    public GeoPoint Offset(double eastMetres, double northMetres) =>
        new(Math.Round(Longitude + eastMetres / MetresEast, 6), Math.Round(Latitude + northMetres / MetresNorth, 6));

    public double MetresTo(GeoPoint other)
    {
        var (east, north) = OffsetTo(other);
        return Math.Sqrt(east * east + north * north);
    }

    /// <summary>How far east and north the other place lies, in metres on a plane: for distances within the district.</summary>
    public (double EastMetres, double NorthMetres) OffsetTo(GeoPoint other) =>
        ((other.Longitude - Longitude) * MetresEast, (other.Latitude - Latitude) * MetresNorth);

    /// <summary>The place at a share (0–1) of the straight way to the other.</summary>
    public GeoPoint Towards(GeoPoint other, double share) =>
        new(Math.Round(Longitude + (other.Longitude - Longitude) * share, 6), Math.Round(Latitude + (other.Latitude - Latitude) * share, 6));
}
