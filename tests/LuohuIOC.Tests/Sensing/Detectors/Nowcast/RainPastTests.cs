using LuohuIOC.Sensing.Detectors.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

public sealed class RainPastTests
{
    [Fact]
    public void Two_showers_with_a_short_pause_are_one_event_and_with_a_long_one_two()
    {
        // By hand: 1 mm a minute for ten minutes from 600 and from 720; an hour holds 3 mm from minute 602 until 788. From 602 − 60 − 40 to 788 + 150.
        Assert.Equal([new RainEvent(1000 + 502, 1000 + 936)], RainPast.Find([Gauge(600, 720)], 1000, 3), Near);
        Assert.Equal(2, RainPast.Find([Gauge(600, 1100)], 0, 3).Length);
    }

    [Fact]
    public void Drizzle_and_a_single_wet_gauge_of_many_make_no_event()
    {
        Assert.Empty(RainPast.Find([Gauge()], 0, 3));
        Assert.Empty(RainPast.Find([Gauge(600), Gauge(), Gauge(), Gauge()], 0, 3));
        Assert.Single(RainPast.Find([Gauge(600), Silent(), Silent(), Silent()], 0, 3));
    }

    [Fact]
    public void An_event_that_goes_on_is_none_yet() => Assert.Empty(RainPast.Find([Gauge(1900)], 0, 3));

    private static bool Near(RainEvent one, RainEvent other) => Math.Abs(one.From - other.From) <= 3 && Math.Abs(one.To - other.To) <= 3;

    private static float[] Gauge(params int[] showers)
    {
        var minutes = new float[2000];
        foreach (var at in showers) Array.Fill(minutes, 1, at, 10);
        return minutes;
    }

    private static float[] Silent()
    {
        var minutes = new float[2000];
        Array.Fill(minutes, float.NaN);
        return minutes;
    }
}
