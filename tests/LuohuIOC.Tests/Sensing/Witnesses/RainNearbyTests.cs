using LuohuIOC.Alerts;
using LuohuIOC.Sensing.Witnesses;
using LuohuIOC.Tests.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Witnesses;

public sealed class RainNearbyTests
{
    private const long T = 1_735_660_800_000;
    private readonly RainDesk _before = new();
    private readonly RainDesk _desk = new();

    [Fact]
    public void In_a_storm_a_host_that_has_just_started_knows_what_has_not_drained_and_not_the_hour()
    {
        for (var minute = 0; minute <= 60; minute++) _before.Fall(T + (minute * 60_000), 0.8, "A", "B", "C");
        Assert.Equal(new RainNear(3, 48, Near(_before, 60).UndrainedMillimetres), Near(_before, 60));
        foreach (var gauge in new[] { "A", "B", "C" }) _desk.Board.Restore(_desk[gauge].Number, _before.Board.Tell(_before[gauge].Number));
        _desk.Fall(T + (62 * 60_000), 0.2, "A", "B", "C");
        var near = Near(_desk, 62);
        Assert.Equal((3, (double?)null), (near.Gauges, near.HourMillimetres));
        Assert.True(near.UndrainedMillimetres > 30);
    }

    [Fact]
    public void One_gauge_of_three_that_is_not_known_leaves_the_largest_sum_unknown()
    {
        foreach (var minute in new[] { 0, 60 }) _desk.Fall(T + (minute * 60_000), 0, "A", "B");
        Assert.Equal(0, Near(_desk, 60).HourMillimetres);
        _desk.Fall(T + (60 * 60_000), 0, "C");
        Assert.Null(Near(_desk, 60).HourMillimetres);
    }

    [Fact]
    public void What_one_gauge_has_measured_is_not_hidden_by_another_whose_hour_is_not_whole()
    {
        foreach (var minute in new[] { 0, 30, 60 }) _desk.Fall(T + (minute * 60_000), 10, "A", "B");
        var whole = Near(_desk, 60).HourMillimetres;
        Assert.True(whole > 0);
        _desk.Fall(T + (60 * 60_000), 1, "C");
        Assert.Equal((3, whole), (Near(_desk, 60).Gauges, Near(_desk, 60).HourMillimetres));
    }

    private static RainNear Near(RainDesk desk, int minute) =>
        new RainNearby(desk.Board, desk.Map, desk.Options, TimeSpan.FromHours(1)).Of(desk["outfall"], T + (minute * 60_000))!;
}
