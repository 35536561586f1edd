using CsCheck;
using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Spatial;

public sealed class MapGridTests
{
    private const double SemiMajorMetres = 6_378_137;
    private const double Flattening = 1 / 298.257222101;

    [Fact]
    public void The_central_meridian_meets_the_equator_at_the_false_origin()
    {
        var origin = MapGrid.Of(new GeoPoint(114, 0));
        Assert.Equal(500_000, origin.EastMetres, 1e-6);
        Assert.Equal(0, origin.NorthMetres, 1e-6);
    }

    [Fact]
    public void Agrees_with_Kruegers_series_to_a_millimetre() =>
        Gen.Select(Gen.Double[113.5, 114.7], Gen.Double[22.3, 22.9]).Sample((longitude, latitude) =>
        {
            var (east, north) = Krueger(longitude, latitude);
            var point = MapGrid.Of(new GeoPoint(longitude, latitude));
            Assert.Equal(east, point.EastMetres, 0.001);
            Assert.Equal(north, point.NorthMetres, 0.001);
            Assert.InRange(MapGrid.PlaceOf(point).MetresTo(new GeoPoint(longitude, latitude)), 0, 0.001);
        });

    // Transverse Mercator by Krüger's series of 1912 in the third flattening, to its fourth power.
    private static (double East, double North) Krueger(double longitude, double latitude)
    {
        var n = Flattening / (2 - Flattening);
        var rectifying = SemiMajorMetres / (1 + n) * (1 + (n * n / 4) + (n * n * n * n / 64));
        double[] alpha =
        [
            (n / 2) - (2 * n * n / 3) + (5 * n * n * n / 16) + (41 * Math.Pow(n, 4) / 180),
            (13 * n * n / 48) - (3 * n * n * n / 5) + (557 * Math.Pow(n, 4) / 1440),
            (61 * n * n * n / 240) - (103 * Math.Pow(n, 4) / 140),
            49561 * Math.Pow(n, 4) / 161280,
        ];
        var (phi, lambda) = (latitude * Math.PI / 180, (longitude - 114) * Math.PI / 180);
        var root = 2 * Math.Sqrt(n) / (1 + n);
        var t = Math.Sinh(Math.Atanh(Math.Sin(phi)) - (root * Math.Atanh(root * Math.Sin(phi))));
        var xi = Math.Atan2(t, Math.Cos(lambda));
        var eta = Math.Atanh(Math.Sin(lambda) / Math.Sqrt(1 + (t * t)));
        var (east, north) = (eta, xi);
        for (var j = 1; j <= alpha.Length; j++)
        {
            east += alpha[j - 1] * Math.Cos(2 * j * xi) * Math.Sinh(2 * j * eta);
            north += alpha[j - 1] * Math.Sin(2 * j * xi) * Math.Cosh(2 * j * eta);
        }
        return (500_000 + (rectifying * east), rectifying * north);
    }
}
