using LuohuIOC.Registry.District;
using LuohuIOC.Spatial;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using Xunit;

namespace LuohuIOC.Tests.Registry.District;

public sealed class DistrictMapTests
{
    [Fact]
    public void The_ten_streets_cover_the_district_without_overlap()
    {
        var streets = Layer("street");
        Assert.Equal(StreetMap.All.Select(s => s.Name), streets.Select(NameOf));
        var boundary = GeometryFixer.Fix(Boundary.Luohu.Area);
        Assert.Equal(boundary.Area, streets.Sum(s => s.Geometry.Area), boundary.Area * 1e-6);
        for (var i = 0; i < streets.Length; i++)
            for (var j = 0; j < i; j++)
                Assert.Equal(0, OverlayNGRobust.Overlay(streets[i].Geometry, streets[j].Geometry, SpatialFunction.Intersection).Area, 1e-9);
    }

    [Fact]
    public void A_streets_name_and_its_region_are_where_places_are_given_to_it()
    {
        foreach (var label in Layer("street-label"))
        {
            var at = label.Geometry.Coordinate;
            Assert.Equal(NameOf(label), StreetMap.At(new GeoPoint(at.X, at.Y)).Name);
            Assert.True(Boundary.Luohu.Contains(new GeoPoint(at.X, at.Y)));
            Assert.True(Layer("street").Single(s => NameOf(s) == NameOf(label)).Geometry.Contains(label.Geometry));
        }
    }

    [Fact]
    public void Rivers_flow_and_reservoirs_have_a_shore()
    {
        Assert.Equal(["梧桐山河", "沙湾河", "沙湾河下游", "莲塘河", "清水河", "布吉河", "深圳河"], Layer("river").Select(NameOf));
        Assert.All(Layer("river"), r => Assert.IsType<LineString>(r.Geometry));
        Assert.Equal(["深圳水库", "仙湖水库"], Layer("reservoir").Select(NameOf));
        Assert.All(Layer("reservoir"), r => Assert.True(r.Geometry.IsValid && r.Geometry.Area > 0));
        Assert.Single(Layer("boundary"));
    }

    private static Feature[] Layer(string name) => [.. DistrictMap.Features.Where(f => (string)f.Attributes["layer"] == name)];

    private static string NameOf(Feature feature) => (string)feature.Attributes["name"];
}
