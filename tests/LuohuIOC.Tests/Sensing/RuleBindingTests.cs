using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rules;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class RuleBindingTests
{
    private static readonly LadderRule Standing = new()
    {
        Id = "depth",
        Metric = "depth",
        Hysteresis = 0.03,
        HoldSeconds = 60,
        Steps = [new(Severity.Yellow, 0.15), new(Severity.Red, 0.4)],
    };

    private static SensorRules Depth(double yellow, double red, int hold = 0, double hysteresis = 0.03) => RuleCompiler.Compile(
        MetricLayout.Of(SensorKind.Waterlogging),
        [new LadderRule
        {
            Id = "depth", Metric = "depth", Hysteresis = hysteresis, HoldSeconds = hold,
            Steps = [new(Severity.Yellow, yellow), new(Severity.Red, red)],
        }]);

    [Fact]
    public void A_threshold_raised_above_the_value_ends_the_alert_at_once()
    {
        var w = new Watched(SensorKind.Waterlogging, Depth(0.15, 0.4));
        w.Read(0, ("depth", 0.2));
        w.Rules = Depth(0.21, 0.4);
        w.Tick(5);
        Assert.Equal("depth yellow@0, depth ended@5", w.Story);
        Assert.Equal([null, """{"ruleChange":"changed"}"""], w.Changes.Select(c => c.Evidence));
    }

    [Fact]
    public void A_threshold_lowered_below_the_value_raises_at_once_or_after_its_hold()
    {
        var w = new Watched(SensorKind.Waterlogging, Depth(0.15, 0.4));
        w.Read(0, ("depth", 0.1));
        w.Rules = Depth(0.05, 0.4);
        w.Tick(5);
        Assert.Equal("depth yellow@5", w.Story);
        w.Rules = Depth(0.05, 0.08, hold: 60, hysteresis: 0.01);
        Assert.Equal(61, w.Tick(6));
        w.Tick(61);
        Assert.Equal("depth yellow@5, depth red@60", w.Story);
    }

    [Fact]
    public void A_rule_that_is_gone_ends_and_the_others_go_on()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0.3), ("battery", 15));
        w.Rules = RuleCompiler.Compile(w.Sensor.Layout, DefaultRules.For(SensorKind.Waterlogging, "").Where(r => r.Id != "waterlogging-depth"));
        w.Tick(5);
        w.Read(10, ("battery", 24));
        Assert.Equal("waterlogging-depth orange@0, battery-low blue@0, waterlogging-depth ended@5", w.Story);
    }

    [Fact]
    public void A_rule_that_did_not_change_keeps_its_hold()
    {
        var w = new Watched(SensorKind.Waterlogging, Depth(0.15, 0.4, hold: 60));
        w.Read(0, ("depth", 0.2));
        w.Read(30, ("depth", 0.2));
        w.Rules = RuleCompiler.Compile(w.Sensor.Layout, [new NoDataRule { Id = "offline", Severity = Severity.Blue }, Standing]);
        Assert.Equal(61, w.Tick(40));
        w.Tick(61);
        Assert.Equal("depth yellow@60", w.Story);
    }

    [Fact]
    public void A_longer_silence_ends_offline_at_once()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0));
        w.Tick(2000);
        w.Rules = RuleCompiler.Compile(w.Sensor.Layout, [new NoDataRule { Id = "offline", Severity = Severity.Blue, SilenceSeconds = 7200 }]);
        Assert.Equal(7201, w.Tick(2100));
        Assert.Equal(["offline blue@1800", "offline ended@2100"], w.Changes.Select(Watched.Tell));
    }

    /// <summary>A change is known by its time: one that was told before would be taken for known.</summary>
    [Fact]
    public void A_silence_that_was_switched_off_is_told_anew_when_it_is_switched_on()
    {
        var w = new Watched(SensorKind.Waterlogging);
        var with = w.Rules;
        w.Read(0, ("depth", 0));
        w.Tick(2000);
        w.Rules = RuleCompiler.Compile(w.Sensor.Layout, [Standing]);
        w.Tick(2100);
        w.Rules = with;
        w.Tick(2200);
        Assert.Equal(["offline blue@1800", "offline ended@2100", "offline blue@2200"], w.Changes.Select(Watched.Tell));
        w.Rules = RuleCompiler.Compile(w.Sensor.Layout, [new NoDataRule { Id = "offline", Severity = Severity.Blue, SilenceSeconds = 7200 }]);
        w.Tick(2300);
        w.Rules = with;
        w.Tick(2400);
        Assert.Equal(["offline ended@2300", "offline blue@2400"], w.Changes.Skip(3).Select(Watched.Tell));
    }

    [Fact]
    public void Rain_keeps_its_window_when_the_threshold_moves()
    {
        var w = new Watched(SensorKind.RainGauge, Rain(50));
        for (var i = 0; i < 4; i++) w.Read(i * 300, ("rain", 10));
        w.Rules = Rain(40);
        w.Tick(1000);
        Assert.Equal("rain orange@1000", w.Story);
        Assert.Equal(40, w.Changes[^1].Value);
    }

    private static SensorRules Rain(double at) => RuleCompiler.Compile(
        MetricLayout.Of(SensorKind.RainGauge),
        [new AccumulationRule { Id = "rain", Metric = "rain", WindowSeconds = 10_800, Steps = [new(Severity.Orange, at)] }]);
}
