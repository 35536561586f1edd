using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Spatial;

public class BoundaryTests
{
    [Theory]
    [InlineData(114.1336, 22.5553, true)]   // between Huangbei and Cuizhu
    [InlineData(114.1545, 22.5768, true)]   // Shenzhen reservoir
    [InlineData(114.0550, 22.5410, false)]  // Futian's civic centre
    [InlineData(114.1600, 22.5300, false)]  // across the river
    [InlineData(22.5553, 114.1336, false)]  // swapped
    public void Knows_what_is_inside(double longitude, double latitude, bool inside) =>
        Assert.Equal(inside, Boundary.Luohu.Contains(new GeoPoint(longitude, latitude)));

    [Fact]
    public void A_vertex_is_not_inside_but_may_be()
    {
        var vertex = new GeoPoint(114.125773, 22.539807);
        Assert.False(Boundary.Luohu.Contains(vertex));
        Assert.True(Boundary.Luohu.MayContain(vertex));
    }

    [Fact]
    public void Tolerance_ends_at_the_uncertainty_of_the_outline()
    {
        // Straight south of the southernmost vertices: the outline is the nearest there.
        var southernmost = Boundary.Luohu.Area.Coordinates.MinBy(c => c.Y)!;
        var edge = new GeoPoint(southernmost.X, southernmost.Y);
        Assert.True(Boundary.Luohu.MayContain(edge.Offset(0, -190)));
        Assert.False(Boundary.Luohu.MayContain(edge.Offset(0, -210)));
    }
}
