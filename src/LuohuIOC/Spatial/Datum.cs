namespace LuohuIOC.Spatial;

/// <summary>
/// Conversions between WGS84 (satellites, this product), GCJ-02 (Amap, Tencent and every licensed street map in China) and BD-09 (Baidu).
/// GCJ-02 shifts by some 500 m here: a device that reports map coordinates as if they were WGS84 lands in the next community.
/// Outside China GCJ-02 equals WGS84.
/// </summary>
public static class Datum
{
    // Krasovsky 1940, on which GCJ-02 computes its shift.
    private const double SemiMajorMetres = 6_378_245.0;
    private const double EccentricitySquared = 0.00669342162296594323;
    private const double BaiduTurn = Math.PI * 3000.0 / 180.0;

    public static GeoPoint WgsToGcj(GeoPoint wgs)
    {
        if (OutsideChina(wgs)) return wgs;
        var (longitude, latitude) = ShiftAt(wgs);
        return new GeoPoint(wgs.Longitude + longitude, wgs.Latitude + latitude);
    }

    /// <summary>The inverse has no closed form; six steps of fixed-point iteration leave less than 1e-9 degrees.</summary>
    public static GeoPoint GcjToWgs(GeoPoint gcj)
    {
        if (OutsideChina(gcj)) return gcj;
        var guess = gcj;
        for (var step = 0; step < 6; step++)
        {
            var (longitude, latitude) = ShiftAt(guess);
            guess = new GeoPoint(gcj.Longitude - longitude, gcj.Latitude - latitude);
        }
        return guess;
    }

    public static GeoPoint GcjToBaidu(GeoPoint gcj)
    {
        var radius = Math.Sqrt(gcj.Longitude * gcj.Longitude + gcj.Latitude * gcj.Latitude) + 0.00002 * Math.Sin(gcj.Latitude * BaiduTurn);
        var angle = Math.Atan2(gcj.Latitude, gcj.Longitude) + 0.000003 * Math.Cos(gcj.Longitude * BaiduTurn);
        return new GeoPoint(radius * Math.Cos(angle) + 0.0065, radius * Math.Sin(angle) + 0.006);
    }

    public static GeoPoint BaiduToGcj(GeoPoint baidu)
    {
        var guess = new GeoPoint(baidu.Longitude - 0.0065, baidu.Latitude - 0.006);
        for (var step = 0; step < 6; step++)
        {
            var there = GcjToBaidu(guess);
            guess = new GeoPoint(guess.Longitude + baidu.Longitude - there.Longitude, guess.Latitude + baidu.Latitude - there.Latitude);
        }
        return guess;
    }

    public static GeoPoint WgsToBaidu(GeoPoint wgs) => GcjToBaidu(WgsToGcj(wgs));

    public static GeoPoint BaiduToWgs(GeoPoint baidu) => GcjToWgs(BaiduToGcj(baidu));

    private static bool OutsideChina(GeoPoint point) =>
        point.Longitude is < 72.004 or > 137.8347 || point.Latitude is < 0.8293 or > 55.8271;

    private static (double Longitude, double Latitude) ShiftAt(GeoPoint point)
    {
        var x = point.Longitude - 105.0;
        var y = point.Latitude - 35.0;
        var radians = point.Latitude * Math.PI / 180.0;
        var sine = Math.Sin(radians);
        var flattening = 1 - EccentricitySquared * sine * sine;
        var root = Math.Sqrt(flattening);
        return (
            EastWave(x, y) * 180.0 / (SemiMajorMetres / root * Math.Cos(radians) * Math.PI),
            NorthWave(x, y) * 180.0 / (SemiMajorMetres * (1 - EccentricitySquared) / (flattening * root) * Math.PI));
    }

    private static double EastWave(double x, double y) =>
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.Sqrt(Math.Abs(x))
        + (20.0 * Math.Sin(6.0 * x * Math.PI) + 20.0 * Math.Sin(2.0 * x * Math.PI)) * 2.0 / 3.0
        + (20.0 * Math.Sin(x * Math.PI) + 40.0 * Math.Sin(x / 3.0 * Math.PI)) * 2.0 / 3.0
        + (150.0 * Math.Sin(x / 12.0 * Math.PI) + 300.0 * Math.Sin(x / 30.0 * Math.PI)) * 2.0 / 3.0;

    private static double NorthWave(double x, double y) =>
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.Sqrt(Math.Abs(x))
        + (20.0 * Math.Sin(6.0 * x * Math.PI) + 20.0 * Math.Sin(2.0 * x * Math.PI)) * 2.0 / 3.0
        + (20.0 * Math.Sin(y * Math.PI) + 40.0 * Math.Sin(y / 3.0 * Math.PI)) * 2.0 / 3.0
        + (160.0 * Math.Sin(y / 12.0 * Math.PI) + 320.0 * Math.Sin(y * Math.PI / 30.0)) * 2.0 / 3.0;
}
