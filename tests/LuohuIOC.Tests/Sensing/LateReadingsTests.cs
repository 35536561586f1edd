using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rules;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

/// <summary>What is older than the sensor's latest reading and says something all the same.</summary>
public sealed class LateReadingsTests
{
    [Theory]
    [InlineData(SensorKind.Smoke, "alarm", 1.0, "smoke-alarm red@100")]
    [InlineData(SensorKind.Manhole, "open", 1.0, "manhole-open orange@100")]
    [InlineData(SensorKind.Gas, "lel", 60.0, "gas-lel red@100")]
    public void An_alarm_behind_a_newer_battery_level_is_an_alarm(SensorKind kind, string metric, double value, string story)
    {
        var w = new Watched(kind);
        w.Observe(50, 1, (metric, 0));
        w.Observe(100, 2, ("battery", 90));
        Assert.Equal(Arrival.NewestOfItsKind, w.Observe(98, 3, (metric, value)));
        Assert.Equal(story, w.Story);
        Assert.Equal((value, 90, Watched.At(100)), (w.Latest(metric), w.Latest("battery"), w.State.LatestMs));
        // Sent again it is what it was, and what is older of its own metric changes nothing.
        Assert.Equal(Arrival.Duplicate, w.Observe(98, 3, (metric, value)));
        Assert.Equal(Arrival.Late, w.Observe(97, 4, (metric, 0)));
        w.Observe(101, 5, (metric, 0));
        Assert.Equal($"{story}, {story.Split(' ')[0]} ended@101", w.Story);
    }

    [Fact]
    public void A_value_that_cannot_be_is_bad_there_too()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Observe(50, 1, ("depth", 0));
        w.Observe(100, 2, ("battery", 90));
        Assert.Equal((new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 1), Arrival.Late), w.Receive(99, 100, 3, ("depth", -4)));
        Assert.Equal((new QualityMark(QualityGrade.Bad, QualityReason.ImpossibleRate, 1), Arrival.Late), w.Receive(98, 100, 4, ("depth", 4)));
        Assert.Equal("", w.Story);
        Assert.Equal(0, w.Latest("depth"));
    }

    [Fact]
    public void Rain_that_comes_late_fell_all_the_same()
    {
        var w = new Watched(SensorKind.RainGauge);
        w.Observe(3600, 100, ("rain", 0.5));
        for (var i = 0; i < 10; i++) Assert.Equal(Arrival.Late, w.Observe(600 + (i * 300), i, ("rain", 8)));
        Assert.Equal("rain-1h blue@3600, rain-3h orange@3600", w.Story);
        // What fell before the window is none of it, and the same again is none either.
        var told = w.Changes.Count;
        w.Observe(3600 - 10_900, 200, ("rain", 90));
        for (var i = 0; i < 10; i++) w.Observe(600 + (i * 300), i, ("rain", 8));
        w.Observe(3600, 100, ("rain", 0.5));
        Assert.Equal(told, w.Changes.Count);
        // How much it was is told at the latest when it ends.
        w.Observe(20_000, 300, ("rain", 0));
        Assert.Equal(80.5, w.Changes.Where(c => c.Severity == Severity.Orange).Max(c => c.Value));
    }

    /// <summary>A gateway that lost its connection sends again what it has no acknowledgement of, more than the last few readings.</summary>
    [Fact]
    public void Rain_that_is_sent_again_falls_once()
    {
        var w = new Watched(SensorKind.RainGauge);
        for (var i = 0; i < 400; i++) w.Observe(i * 30, i, ("rain", 0.1));
        for (var i = 0; i < 400; i++) w.Observe(i * 30, i, ("rain", 0.1));
        Assert.Equal("", w.Story);
        Assert.Equal(36, RuleSteps.MeasureOf(w.State, Array.IndexOf(w.Rules.Ids, "rain-3h"), w.Rules.Rules[Array.IndexOf(w.Rules.Ids, "rain-3h")], wasOn: false), 1);
    }

    [Fact]
    public void The_rain_of_a_long_pause_counts_in_the_window_that_is_longer_than_the_pause()
    {
        var w = new Watched(SensorKind.RainGauge);
        w.Observe(0, 1, ("rain_total", 100));
        w.Observe(10_500, 2, ("rain_total", 240));
        Assert.Equal("rain-1h blue@10500, rain-3h red@10500", w.Story);
        Assert.Equal([48, 140], w.Changes.Where(c => c.Rule != "offline").Select(c => c.Value));
    }
}
