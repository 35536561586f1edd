using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using LuohuIOC.SensorThings;
using Xunit;

namespace LuohuIOC.Tests.SensorThings;

public sealed class StaGeometryTests
{
    private static readonly (double X, double Y)[] Triangle = [(114.10, 22.50), (114.20, 22.52), (114.13, 22.60)];

    [Fact]
    public void Within_is_what_the_signs_of_three_areas_say()
    {
        // On an edge rounding decides; points that close to one are left out.
        var filter = StaFilter.Parse("st_within(location,geography'POLYGON ((114.10 22.50, 114.20 22.52, 114.13 22.60, 114.10 22.50))')", default);
        Gen.Select(Gen.Double[114.05, 114.25], Gen.Double[22.45, 22.65]).Sample((x, y) =>
        {
            var areas = Enumerable.Range(0, 3).Select(i => Cross(Triangle[i], Triangle[(i + 1) % 3], (x, y))).ToArray();
            if (areas.Any(a => Math.Abs(a) < 1e-9)) return;
            Assert.Equal(areas.All(a => a > 0), filter.Matches(At(x, y)));
        });
    }

    [Fact]
    public void Distance_is_that_of_pythagoras_in_degrees() =>
        Gen.Select(Gen.Double[114, 115], Gen.Double[22, 23], Gen.Double[0.01, 0.5]).Sample((x, y, limit) =>
        {
            var distance = Math.Sqrt(((x - 114.5) * (x - 114.5)) + ((y - 22.5) * (y - 22.5)));
            if (Math.Abs(distance - limit) < 1e-9) return;
            Assert.Equal(distance < limit, StaFilter.Parse($"geo.distance(location,geography'POINT (114.5 22.5)') lt {limit.ToString("R", CultureInfo.InvariantCulture)}", default).Matches(At(x, y)));
        });

    [Theory]
    [InlineData("st_intersects(location,geography'LINESTRING (114 22, 115 23)')", true)]
    [InlineData("geo.intersects(location,geography'POINT (114.5 22.5)')", true)]
    [InlineData("st_disjoint(location,geography'POINT (114.6 22.5)')", true)]
    [InlineData("st_equals(location,geography'POINT (114.5 22.5)')", true)]
    [InlineData("st_touches(location,geography'POLYGON ((114.5 22.4, 114.6 22.5, 114.5 22.6, 114.5 22.4))')", true)]
    [InlineData("st_contains(geography'POLYGON ((114 22, 115 22, 115 23, 114 23, 114 22))',location)", true)]
    [InlineData("st_relate(location,geography'POINT (114.5 22.5)','T********')", true)]
    [InlineData("not st_within(location,geography'POLYGON ((114 22, 115 22, 115 23, 114 23, 114 22))')", false)]
    [InlineData("st_within(nowhere,geography'POLYGON ((114 22, 115 22, 115 23, 114 23, 114 22))')", false)]
    [InlineData("geo.length(geography'LINESTRING (0 0, 3 4)') eq 5", true)]
    public void Relations(string filter, bool expected) => Assert.Equal(expected, StaFilter.Parse(filter, default).Matches(At(114.5, 22.5)));

    [Theory]
    [InlineData("st_within(location,geography'POLYGON ((0 0, 1 1')")]
    [InlineData("st_within(location,geography'POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))')")]
    [InlineData("st_within(location)")]
    [InlineData("st_within(location,geography'CIRCLE (1 2)')")]
    public void What_is_no_geometry_is_told(string filter) => Assert.Throws<StaQueryException>(() => StaFilter.Parse(filter, default));

    [Fact]
    public void Of_many_neighbours_one_is_enough()
    {
        StaScope[] streams = [new(Json("""{"@iot.id":"a:level","unit":"m"}""")), new(Json("""{"@iot.id":"a:flow","unit":"m3/s"}"""), _ => [new(Json("""{"name":"flow"}"""))])];
        var thing = new StaScope(Json("""{"@iot.id":"a"}"""), name => name switch
        {
            "Datastreams" => streams,
            "Locations" => [At(114.5, 22.5)],
            _ => null,
        });
        foreach (var (filter, expected) in ((string, bool)[])
        [
            ("Datastreams/id eq 'a:flow'", true), ("Datastreams/unit eq 'm' and Datastreams/unit eq 'm3/s'", true), ("Datastreams/unit eq 'kg'", false),
            ("Datastreams/ObservedProperty/name eq 'flow'", true), ("startswith(Datastreams/id,'a:l')", true), ("geo.distance(Locations/location,geography'POINT (114.5 22.6)') le 0.11", true),
            ("Friends/name eq 'x'", false),
        ])
            Assert.True(expected == StaFilter.Parse(filter, default).Matches(thing), filter);
    }

    private static double Cross((double X, double Y) a, (double X, double Y) b, (double X, double Y) p) => ((b.X - a.X) * (p.Y - a.Y)) - ((b.Y - a.Y) * (p.X - a.X));

    private static StaScope At(double x, double y) =>
        new(new JsonObject { ["location"] = new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(x, y) } });

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
