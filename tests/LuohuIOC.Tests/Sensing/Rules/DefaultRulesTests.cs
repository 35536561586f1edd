using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Rules;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rules;

public sealed class DefaultRulesTests
{
    /// <summary>Readings a minute apart; what the rules must say, worked out by hand from the thresholds.</summary>
    [Theory]
    [InlineData(SensorKind.Waterlogging, "depth", "0.149 0.15 0.269 0.27 0.4 0.38 0.36 0.2 0.12 0.119", "waterlogging-depth yellow@60, waterlogging-depth orange@180, waterlogging-depth red@240, waterlogging-depth orange@360, waterlogging-depth yellow@420, waterlogging-depth ended@540")]
    [InlineData(SensorKind.Outfall, "level", "1.9 2 2 3 3 2.95 1.95 1.8", "outfall-level yellow@120, outfall-level orange@240, outfall-level yellow@360, outfall-level ended@420")]
    [InlineData(SensorKind.Outfall, "flow", "-0.4 -0.5 -0.6 -0.6 -0.6 -0.6 -0.6 -0.6 -0.6 -0.6 -0.6 -0.6", "outfall-backflow blue@660")]
    [InlineData(SensorKind.Pipe, "level", "1.4 1.5 1.5 2.5 2.5", "pipe-level yellow@120, pipe-level orange@240")]
    [InlineData(SensorKind.WaterQuality, "codmn", "6 6 6.01 6.01 10 10 11 11 16 16", "water-codmn blue@180, water-codmn yellow@420, water-codmn orange@540")]
    [InlineData(SensorKind.WaterQuality, "ammonia_nitrogen", "1 1.2 1.2 1.6 1.6 2 2 2.1 2.1", "water-ammonia-nitrogen blue@120, water-ammonia-nitrogen yellow@240, water-ammonia-nitrogen orange@480")]
    [InlineData(SensorKind.WaterQuality, "total_phosphorus", "0.2 0.21 0.21 0.31 0.31 0.41 0.41", "water-total-phosphorus blue@120, water-total-phosphorus yellow@240, water-total-phosphorus orange@360")]
    [InlineData(SensorKind.WaterQuality, "dissolved_oxygen", "7 5 4.9 4.9 2.9 2.9 1.9 1.9", "water-dissolved-oxygen blue@180, water-dissolved-oxygen yellow@300, water-dissolved-oxygen orange@420")]
    [InlineData(SensorKind.WaterQuality, "ph", "7 6 5.9 5.9 6 6.05 8 9 9.1 9.1", "water-ph-low yellow@180, water-ph-high yellow@540")]
    [InlineData(SensorKind.RainGauge, "rain", "19 0.9 0.1 29.9 0.1 50", "rain-1h blue@120, rain-3h orange@240, rain-3h red@300")]
    [InlineData(SensorKind.Reservoir, "level", "50 50.29 50.3 50.6 51", "reservoir-rise blue@120, reservoir-rise yellow@180, reservoir-rise orange@240")]
    [InlineData(SensorKind.River, "level", "3 3.49 3.5 4 5", "river-rise blue@120, river-rise yellow@180, river-rise orange@240")]
    [InlineData(SensorKind.Tide, "level", "1.6 1.7 1.7 2 2 2.3 2.3 2.6 2.6", "tide-level blue@120, tide-level yellow@240, tide-level orange@360, tide-level red@480")]
    [InlineData(SensorKind.Slope, "tilt", "0.9 -1 -1 2 2 4 4 -8 -8", "slope-tilt blue@120, slope-tilt yellow@240, slope-tilt orange@360, slope-tilt red@480")]
    [InlineData(SensorKind.Slope, "displacement", "0 4.9 5 10 19 20 20", "slope-creep yellow@120, slope-creep orange@180, slope-displacement blue@360")]
    [InlineData(SensorKind.Smoke, "alarm", "0 1 1 0", "smoke-alarm red@60, smoke-alarm ended@180")]
    [InlineData(SensorKind.Smoke, "fault", "1 0 1 0 1", "smoke-fault blue@0, smoke-fault ended@60, smoke-fault blue@120, smoke-fault ended@180, smoke-fault blue@240, smoke-fault-repeats yellow@240")]
    [InlineData(SensorKind.Heat, "alarm", "0 1", "heat-alarm red@60")]
    [InlineData(SensorKind.Heat, "temperature", "56.9 57 70 65 64.9 51.9", "heat-temperature yellow@60, heat-temperature orange@120, heat-temperature yellow@240, heat-temperature ended@300")]
    [InlineData(SensorKind.Heat, "fault", "0 1 0 1 0 1", "heat-fault blue@60, heat-fault ended@120, heat-fault blue@180, heat-fault ended@240, heat-fault blue@300, heat-fault-repeats yellow@300")]
    [InlineData(SensorKind.Gas, "lel", "9.9 10 25 50 47 46.9 6.9", "gas-lel yellow@60, gas-lel orange@120, gas-lel red@180, gas-lel orange@300, gas-lel ended@360")]
    [InlineData(SensorKind.Gas, "alarm", "0 1 0", "gas-alarm red@60, gas-alarm ended@120")]
    [InlineData(SensorKind.Gas, "fault", "0 1", "gas-fault blue@60")]
    [InlineData(SensorKind.Charger, "leakage", "14 15 30 25 24.9", "charger-leakage orange@60, charger-leakage red@120, charger-leakage orange@240")]
    [InlineData(SensorKind.Charger, "voltage", "235 236 236 265 265", "charger-overvoltage yellow@120, charger-overvoltage orange@240")]
    [InlineData(SensorKind.Charger, "current", "35 36 36 41 41", "charger-overcurrent yellow@90, charger-overcurrent orange@210")]
    [InlineData(SensorKind.Manhole, "open", "0 1 0", "manhole-open orange@60, manhole-open ended@120")]
    [InlineData(SensorKind.Manhole, "level", "1.9 2 2 3 3", "manhole-level yellow@120, manhole-level orange@240")]
    [InlineData(SensorKind.Parking, "battery", "20 19.9 10 9.9 15 15.1 25 26", "battery-low blue@60, battery-low yellow@180, battery-low blue@300, battery-low ended@420")]
    public void A_default_rule_tells_its_story(SensorKind kind, string metric, string values, string story)
    {
        var w = new Watched(kind);
        var second = 0;
        foreach (var value in values.Split(' ')) w.Read(60 * second++, (metric, double.Parse(value)));
        Assert.Equal(story, w.Story);
    }

    [Fact]
    public void Black_water_is_red_only_when_oxygen_and_ammonia_say_so()
    {
        var w = new Watched(SensorKind.WaterQuality);
        for (var i = 0; i < 2; i++) w.Read(i * 60, ("dissolved_oxygen", 1.9), ("ammonia_nitrogen", 8.1));
        Assert.Contains("water-black-odorous red@60", w.Story);
    }

    [Fact]
    public void The_reservoir_that_names_its_flood_limit_has_a_level_rule()
    {
        var w = new Watched(SensorKind.Reservoir, name: "深圳水库");
        w.Read(0, ("level", 27.7));
        w.Read(700, ("level", 27.81));
        w.Read(1400, ("level", 27.81));
        Assert.Equal("reservoir-level blue@600, reservoir-level orange@1300", w.Story);
        Assert.DoesNotContain(DefaultRules.For(SensorKind.Reservoir, "仙湖水库"), r => r.Id == "reservoir-level");
    }

    [Fact]
    public void Every_kind_has_defaults_that_could_be_saved_and_that_are_named_in_both_languages()
    {
        Assert.Equal(KindCatalogue.All.Select(k => k.Kind).Order(), DefaultRules.All.Select(k => k.Kind).Distinct().Order());
        foreach (var kind in DefaultRules.All)
        {
            var sensor = Watched.Of(kind.Kind, kind.NameContains ?? "测点");
            foreach (var rule in DefaultRules.For(kind.Kind, sensor.Name))
            {
                if (kind.Kind != SensorKind.Generic || rule is NoDataRule) Assert.Null(RuleChecks.FaultOf(rule, sensor));
                foreach (var language in new[] { TextBook.Chinese, TextBook.English })
                {
                    Assert.False(string.IsNullOrWhiteSpace(RuleView.SourceOf(rule.Id, language)), $"{rule.Id} does not say in {language} where its numbers come from.");
                    Assert.NotEqual($"rule.{rule.Id}", TextBook.Get(language, $"rule.{rule.Id}"));
                }
            }
        }
    }
}
