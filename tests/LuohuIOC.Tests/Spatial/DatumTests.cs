using System.Text.Json;
using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Spatial;

public class DatumTests
{
    private const double Tolerance = 1e-6;

    public static TheoryData<double[], double[], double[], double[]> Vectors()
    {
        var data = new TheoryData<double[], double[], double[], double[]>();
        using var file = JsonDocument.Parse(Repository.Read("tests/LuohuIOC.Tests/Spatial/coordinate-vectors.json"));
        foreach (var v in file.RootElement.GetProperty("vectors").EnumerateArray())
            data.Add(Pair(v, "gcj02"), Pair(v, "wgs84"), Pair(v, "asWgsToGcj"), Pair(v, "bd09FromGcj"));
        return data;

        static double[] Pair(JsonElement vector, string name) => [.. vector.GetProperty(name).EnumerateArray().Select(c => c.GetDouble())];
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Agrees_with_an_independent_implementation(double[] gcj, double[] wgs, double[] asWgsToGcj, double[] baidu)
    {
        Near(wgs, Datum.GcjToWgs(Of(gcj)));
        Near(asWgsToGcj, Datum.WgsToGcj(Of(gcj)));
        Near(baidu, Datum.GcjToBaidu(Of(gcj)));
        Near(gcj, Datum.BaiduToGcj(Of(baidu)));
        Near(wgs, Datum.BaiduToWgs(Of(baidu)));
        Near(baidu, Datum.WgsToBaidu(Of(wgs)));
    }

    [Fact]
    public void There_and_back_leaves_no_millimetre()
    {
        var place = new GeoPoint(114.1234567, 22.5612345);
        Assert.InRange(Datum.GcjToWgs(Datum.WgsToGcj(place)).MetresTo(place), 0, 0.001);
        Assert.InRange(Datum.BaiduToGcj(Datum.GcjToBaidu(place)).MetresTo(place), 0, 0.001);
    }

    [Fact]
    public void Outside_China_nothing_is_shifted()
    {
        var london = new GeoPoint(-0.1276, 51.5072);
        Assert.Equal(london, Datum.WgsToGcj(london));
        Assert.Equal(london, Datum.GcjToWgs(london));
    }

    private static GeoPoint Of(double[] pair) => new(pair[0], pair[1]);

    private static void Near(double[] expected, GeoPoint actual)
    {
        Assert.Equal(expected[0], actual.Longitude, Tolerance);
        Assert.Equal(expected[1], actual.Latitude, Tolerance);
    }
}
