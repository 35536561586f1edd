using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Spatial;

public class GeoPointTests
{
    private static readonly GeoPoint Here = new(114.13, 22.56);

    [Fact]
    public void An_offset_is_as_far_as_it_says()
    {
        Assert.Equal(500, Here.MetresTo(Here.Offset(300, -400)), 0.2);
        // One minute of latitude is a sea mile but for 0.5 %.
        Assert.Equal(1852, Here.MetresTo(new GeoPoint(114.13, 22.56 + 1.0 / 60)), 10.0);
    }

    [Fact]
    public void Halfway_is_in_the_middle() =>
        Assert.Equal(new GeoPoint(114.14, 22.57), Here.Towards(new GeoPoint(114.15, 22.58), 0.5));
}
