using LuohuIOC.Simulator.Drainage;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Drainage;

public sealed class ManningTests
{
    [Fact]
    public void Half_the_full_flow_stands_half_high()
    {
        // A half full round pipe has the hydraulic radius of a full one, hence half its flow.
        Assert.Equal(0.5, Manning.Depth(0.5), 0.001);
        Assert.Equal(0, Manning.Depth(0));
        // The full flow is reached before the crown.
        Assert.InRange(Manning.Depth(1), 0.80, 0.83);
    }

    [Fact]
    public void A_metre_and_a_half_carries_five_cubic_metres_a_second()
    {
        // Q = 0.3117/0.013 · D^(8/3) · √0.004 with D = 1.56 m: 23.98 · 3.274 · 0.06325 = 4.97.
        Assert.Equal(1.56, Manning.Diameter(5, 0.004), 0.01);
    }

    [Fact]
    public void Wet_areas_are_those_of_a_circle()
    {
        Assert.Equal(Math.PI, Manning.WetArea(2, 2), 1e-9);
        Assert.Equal(Math.PI / 2, Manning.WetArea(2, 1), 1e-9);
        Assert.Equal(0, Manning.WetArea(2, 0), 1e-9);
    }
}
