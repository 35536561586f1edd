using CsCheck;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rules;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rules;

/// <summary>The streaming rules against references that keep the whole history and look at every second of it.</summary>
public sealed class RuleStepsTests
{
    private static readonly Gen<(int After, double Value)[]> Depths =
        Gen.Select(Gen.Int[1, 25], Gen.OneOf(0.0, 0.1, 0.125, 0.15, 0.2, 0.26, 0.27, 0.3, 0.4, 0.5)).Array[1, 30];

    private static readonly Gen<LadderRule> Ladders =
        Gen.Select(Gen.OneOf(0.0, 0.03, 0.1), Gen.Int[0, 30], Gen.Int[0, 3], Gen.Int[0, 30], Gen.Enum<Comparison>())
            .Select((hysteresis, hold, samples, clearHold, when) => new LadderRule
            {
                Id = "ladder",
                Metric = "depth",
                When = when,
                Hysteresis = hysteresis,
                HoldSeconds = hold,
                HoldSamples = samples,
                ClearHoldSeconds = clearHold,
                Steps = when is Comparison.AtLeast or Comparison.Above
                    ? [new(Severity.Yellow, 0.15), new(Severity.Orange, 0.27), new(Severity.Red, 0.4)]
                    : [new(Severity.Blue, 0.4), new(Severity.Orange, 0.2)],
            });

    [Fact]
    public void A_ladder_does_what_its_whole_history_says() => Gen.Select(Ladders, Depths).Sample((rule, depths) =>
    {
        var w = new Watched(SensorKind.Waterlogging, RuleCompiler.Compile(MetricLayout.Of(SensorKind.Waterlogging), [rule]));
        var second = 0;
        var history = new List<(int Second, double Value)>();
        foreach (var (after, value) in depths)
        {
            second += after;
            history.Add((second, value));
            w.Read(second, ("depth", value));
        }
        w.Tick(second + 101);
        Assert.Equal(LadderReference.Story(rule, history, second + 100), w.Story);
    }, iter: 400);

    [Fact]
    public void A_window_of_rain_is_the_sum_of_its_bins() =>
        Gen.Select(Gen.Int[1, 90], Gen.OneOf(0.0, 0.5, 2.0, 5.0, 12.0)).Array[1, 60].Sample(rain =>
        {
            var rule = new AccumulationRule
            {
                Id = "rain",
                Metric = "rain",
                WindowSeconds = 3600,
                Hysteresis = 5,
                Steps = [new(Severity.Yellow, 20), new(Severity.Red, 50)],
            };
            var w = new Watched(SensorKind.RainGauge, RuleCompiler.Compile(MetricLayout.Of(SensorKind.RainGauge), [rule]));
            var second = 0;
            var history = new List<(int Second, double Value)>();
            foreach (var (after, value) in rain)
            {
                second += after * 10;
                history.Add((second, value));
                w.Read(second, ("rain", value));
            }
            w.Tick(second + 4001);
            Assert.Equal(WindowReference.Story(rule, history, second + 4000), w.Story);
        }, iter: 100);

    [Fact]
    public void Repeats_are_counted_in_the_window() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 1]).Array[1, 60].Sample(states =>
        {
            // No multiple of the readings' 10 s: what runs out in the very second of a reading ends before it, the reference merges the two.
            var rule = new RepeatRule { Id = "again", Metric = "fault", At = 1, Times = 3, WindowSeconds = 605, Severity = Severity.Yellow };
            var w = new Watched(SensorKind.Smoke, RuleCompiler.Compile(MetricLayout.Of(SensorKind.Smoke), [rule]));
            var second = 0;
            var begun = new List<int>();
            var last = 0;
            foreach (var (after, state) in states)
            {
                second += after * 10;
                w.Read(second, ("fault", state));
                if (state > last) begun.Add(second);
                last = state;
            }
            w.Tick(second + 1001);
            Assert.Equal(RepeatReference.Story(rule, begun, second + 1000), w.Story);
        }, iter: 500);

    [Fact]
    public void A_rise_needs_no_datum()
    {
        var rule = new RiseRule { Id = "rise", Metric = "level", WindowSeconds = 3600, Hysteresis = 0.1, Steps = [new(Severity.Yellow, 0.5)] };
        var w = new Watched(SensorKind.River, RuleCompiler.Compile(MetricLayout.Of(SensorKind.River), [rule]));
        w.Read(0, ("level", 31.4));
        w.Read(600, ("level", 31.2));
        w.Read(1200, ("level", 31.69));
        Assert.Equal("", w.Story);
        w.Read(1800, ("level", 31.7));
        Assert.Equal(("rise yellow@1800", 0.5), (w.Story, w.Changes[^1].Value));
        // An hour after it stood at 31.2 m; 200 s later it stood at 31.36.
        w.Tick(1801 + 3600);
        Assert.Equal("rise yellow@1800, rise ended@4400", w.Story);
    }

    [Fact]
    public void A_rise_is_counted_from_where_the_water_stood_when_the_window_began() => Gen.Select(Gen.Int[1, 50], Gen.Int[-3, 12]).Array[1, 40].Sample(steps =>
    {
        var rule = new RiseRule { Id = "rise", Metric = "level", WindowSeconds = 3600, Hysteresis = 0.1, Steps = [new(Severity.Blue, 0.5), new(Severity.Yellow, 1.0)] };
        var w = new Watched(SensorKind.River, RuleCompiler.Compile(MetricLayout.Of(SensorKind.River), [rule]));
        var (second, level) = (0, 20.0);
        var history = new List<(int Second, double Value)>();
        foreach (var (after, step) in steps)
        {
            second += after * 100;
            // Falls of less than a spike's step: what may be a lone low value is passed over.
            level = Math.Round(level + (step * 0.07), 2);
            history.Add((second, level));
            w.Read(second, ("level", level));
        }
        w.Tick(second + 12_001);
        Assert.Equal(RiseReference.Story(rule, history, second + 12_000), w.Story);
    }, iter: 300);

    [Theory]
    [InlineData(3600, 0.6, 6, "river-rise blue@3600")]
    [InlineData(3600, 1.9, 6, "river-rise yellow@3600")]
    [InlineData(3605, 2.5, 4, "river-rise orange@3605")]
    [InlineData(1800, 0.45, 9, "river-rise blue@3600")]
    [InlineData(600, 0.09, 36, "river-rise blue@3600")]
    [InlineData(600, 0.17, 12, "river-rise blue@1800, river-rise yellow@3600")]
    [InlineData(300, 0.045, 72, "river-rise blue@3600")]
    public void A_steady_rise_is_told_however_often_the_station_reports_and_once(int every, double step, int times, string story)
    {
        var w = new Watched(SensorKind.River);
        for (var i = 0; i <= times; i++) w.Read(i * every, ("level", Math.Round(3 + (i * step), 3)));
        Assert.Equal(story, w.Story);
    }

    /// <summary>The hour that has just been measured does not end with the clock's hour, a moment before the next report.</summary>
    [Fact]
    public void Rain_that_is_reported_every_hour_is_one_alert_and_ends_when_no_report_comes()
    {
        var w = new Watched(SensorKind.RainGauge);
        for (var hour = 0; hour < 6; hour++)
        {
            w.Tick((hour * 3600) + 2);
            w.Receive(hour * 3600, (hour * 3600) + 3, hour, ("rain", 34));
        }
        Assert.Equal("rain-1h blue@0, rain-3h orange@3600, rain-3h red@7200", w.Story);
        w.Tick((5 * 3600) + 5410);
        Assert.Equal("rain-1h blue@0, rain-3h orange@3600, rain-3h red@7200, rain-1h ended@23400, rain-3h orange@23400", w.Story);
    }

    [Fact]
    public void A_slope_that_moves_the_other_way_moves_too()
    {
        var w = new Watched(SensorKind.Slope);
        for (var hour = 0; hour <= 6; hour++) w.Read(hour * 3600, ("displacement", -3 * hour));
        Assert.Equal("slope-creep yellow@7200, slope-creep orange@14400", w.Story);
    }

    [Fact]
    public void All_conditions_must_hold_at_once_whichever_reading_they_came_with()
    {
        var w = BlackWater();
        w.Read(0, ("dissolved_oxygen", 1.5));
        w.Read(60, ("ammonia_nitrogen", 8));
        Assert.Equal("", w.Story);
        w.Read(120, ("ammonia_nitrogen", 8.5));
        w.Read(180, ("dissolved_oxygen", 2));
        Assert.Equal("black red@120, black ended@180", w.Story);
        Assert.Equal("""{"dissolved_oxygen":1.5,"ammonia_nitrogen":8.5}""", w.Changes[0].Evidence);
        Assert.Equal(("dissolved_oxygen", 1.5, 2.0), (w.Changes[0].Metric, w.Changes[0].Value, w.Changes[0].Threshold));
    }

    [Fact]
    public void The_last_word_of_a_dead_probe_helps_to_raise_nothing_and_ends_nothing()
    {
        var allowed = KindCatalogue.Of(SensorKind.WaterQuality).Silence.TotalSeconds;
        var w = BlackWater();
        w.Read(0, ("dissolved_oxygen", 1));
        w.Read(allowed, ("ammonia_nitrogen", 9));
        Assert.Equal($"black red@{allowed}", w.Story);
        w.Read(3 * allowed, ("ammonia_nitrogen", 9));
        Assert.Equal($"black red@{allowed}", w.Story);

        w = BlackWater();
        w.Read(0, ("dissolved_oxygen", 1));
        w.Read(allowed + 1, ("ammonia_nitrogen", 9));
        Assert.Equal("", w.Story);
        w.Read(allowed + 2, ("dissolved_oxygen", 1.5));
        Assert.Equal($"black red@{allowed + 2}", w.Story);
    }

    [Fact]
    public void Size_counts_whatever_the_direction()
    {
        var w = new Watched(SensorKind.Slope);
        w.Read(0, ("displacement", -60));
        w.Read(60, ("displacement", -60));
        Assert.Equal("slope-displacement orange@60", w.Story);
    }

    [Fact]
    public void A_rule_that_is_edited_while_a_probe_is_dead_does_not_end_for_it()
    {
        var dead = 3 * KindCatalogue.Of(SensorKind.WaterQuality).Silence.TotalSeconds;
        var w = BlackWater();
        w.Read(0, ("dissolved_oxygen", 1), ("ammonia_nitrogen", 9));
        w.Read(dead, ("ammonia_nitrogen", 9));
        w.Rules = Black(above: 7);
        w.Tick(dead + 5);
        Assert.Equal("black red@0", w.Story);
        w.Rules = Black(above: 10);
        w.Tick(dead + 10);
        Assert.StartsWith("black red@0, black ended@", w.Story, StringComparison.Ordinal);
    }

    private static Watched BlackWater() => new(SensorKind.WaterQuality, Black(above: 8));

    private static SensorRules Black(double above) => RuleCompiler.Compile(MetricLayout.Of(SensorKind.WaterQuality),
    [
        new AllOfRule
        {
            Id = "black", Severity = Severity.Red,
            Conditions = [new("dissolved_oxygen", Comparison.Below, 2), new("ammonia_nitrogen", Comparison.Above, above)],
        },
    ]);
}
