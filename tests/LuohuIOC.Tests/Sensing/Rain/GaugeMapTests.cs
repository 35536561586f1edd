using Xunit;

namespace LuohuIOC.Tests.Sensing.Rain;

public sealed class GaugeMapTests
{
    [Fact]
    public void The_nearest_speak_and_those_beside_the_stations_upstream()
    {
        var desk = new RainDesk();
        Assert.Equal("ABCD", desk.GaugesOf("outfall"));
        Assert.Equal("ABD", desk.GaugesOf("pipe"));
    }

    [Fact]
    public void A_gauge_out_of_service_speaks_no_more_and_the_change_is_noticed()
    {
        var desk = new RainDesk();
        var version = desk.Map.Version;
        desk.Registry.Retire("B", DateTimeOffset.UnixEpoch);
        Assert.NotEqual(version, desk.Map.Version);
        Assert.Equal("ACD", desk.GaugesOf("outfall"));
    }

    [Fact]
    public void A_gauge_whose_end_is_planned_speaks_until_then()
    {
        var desk = new RainDesk();
        desk.Registry.Retire("B", desk.Clock.GetUtcNow().AddHours(1));
        var version = desk.Map.Version;
        Assert.Equal("ABCD", desk.GaugesOf("outfall"));
        desk.Clock.Advance(TimeSpan.FromHours(1));
        Assert.NotEqual(version, desk.Map.Version);
        Assert.Equal("ACD", desk.GaugesOf("outfall"));
        Assert.Equal(desk.Map.Version, desk.Map.Version);
    }
}
