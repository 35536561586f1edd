using CsCheck;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rules;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class SensorEvaluatorTests
{
    // Seconds since the reading before, depth, and what else arrives with it.
    private static readonly Gen<(int After, double Depth, int Extra)[]> Storm =
        Gen.Select(Gen.Int[1, 900], Gen.OneOf(0.0, 0.05, 0.13, 0.16, 0.28, 0.45), Gen.Int[0, 5]).Array[1, 40];

    private static readonly SensorRules Held = RuleCompiler.Compile(
        MetricLayout.Of(SensorKind.Waterlogging),
        [new LadderRule
        {
            Id = "held", Metric = "depth", Hysteresis = 0.03, HoldSeconds = 300, ClearHoldSeconds = 400,
            Steps = [new(Severity.Yellow, 0.15), new(Severity.Orange, 0.27), new(Severity.Red, 0.4)],
        }]);

    [Fact]
    public void Late_bad_and_repeated_readings_never_flip_a_rule() => Storm.Sample(storm =>
    {
        var (clean, noisy) = (new Watched(SensorKind.Waterlogging, Held), new Watched(SensorKind.Waterlogging, Held));
        var second = 0;
        foreach (var (after, depth, extra) in storm)
        {
            var before = second;
            second += after;
            clean.Observe(second, second, ("depth", depth));
            noisy.Observe(second, second, ("depth", depth));
            if (extra == 1) noisy.Observe(second, second, ("depth", 0.5));
            if (extra == 2) noisy.Receive(before + 0.5, second, 0, ("depth", 0.5));
            if (extra == 3) noisy.Observe(second, second + 1, ("depth", 50));
            if (extra == 4) noisy.Observe(second, second + 1, ("depth", double.NaN));
        }
        Assert.Equal(clean.Story, noisy.Story);
        Assert.Equal(clean.Latest("depth"), noisy.Latest("depth"));
    }, iter: 500);

    [Fact]
    public void Ticks_between_readings_change_nothing_but_the_moment() =>
        Gen.Select(Storm, Gen.Double[0, 1].Array[40], Gen.Int[0, 500]).Sample((storm, when, delay) =>
        {
            var (quiet, ticked) = (new Watched(SensorKind.Waterlogging, Held), new Watched(SensorKind.Waterlogging, Held));
            var second = 0;
            for (var i = 0; i < storm.Length; i++)
            {
                // Time that has come as far as the reading itself passes without it.
                if (i > 0) ticked.Tick(second + delay + (storm[i].After * Math.Min(when[i], 0.999)) + (SensorEvaluator.SettleMs / 1000.0));
                second += storm[i].After;
                quiet.Observe(second, i, ("depth", storm[i].Depth));
                ticked.Receive(second, second + delay, i, ("depth", storm[i].Depth));
            }
            quiet.Tick(second + 2000);
            ticked.Tick(second + 2000 + delay);
            Assert.Equal(quiet.Story, ticked.Story);
        }, iter: 500);

    [Fact]
    public void Delayed_readings_mean_what_they_would_have_meant_in_time() => Storm.Sample(storm =>
    {
        var (inTime, delayed) = (new Watched(SensorKind.Waterlogging, Held), new Watched(SensorKind.Waterlogging, Held));
        var total = storm.Sum(s => s.After);
        var second = 0;
        foreach (var (after, depth, _) in storm)
        {
            second += after;
            inTime.Observe(second, second, ("depth", depth));
            delayed.Receive(second, total + (second * 0.001), second, ("depth", depth));
        }
        Assert.Equal(inTime.Story, delayed.Story);
    }, iter: 300);

    [Fact]
    public void A_hold_runs_out_without_a_reading()
    {
        var w = new Watched(SensorKind.Waterlogging, Held);
        w.Read(0, ("depth", 0.3));
        Assert.Equal(301, w.Tick(300.9));
        Assert.Equal("", w.Story);
        w.Tick(301);
        Assert.Equal("held orange@300", w.Story);
    }

    [Fact]
    public void Silence_is_told_at_the_moment_it_began_and_ends_with_the_next_reading()
    {
        var w = new Watched(SensorKind.Waterlogging);
        Assert.Equal(double.PositiveInfinity, w.Tick(1_000_000));
        w.Read(0, ("depth", 0));
        Assert.Equal(1801, w.Tick(10));
        w.Tick(5000);
        w.Read(6000, ("depth", 0));
        Assert.Equal(["offline blue@1800", "offline ended@6000"], w.Changes.Select(Watched.Tell));
        Assert.Equal("", w.Changes[0].Metric);
        Assert.Equal("""{"silenceSeconds":1800}""", w.Changes[0].Evidence);
    }

    [Fact]
    public void Nobody_is_silent_while_no_one_could_hear_it()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0));
        Assert.Equal(9000 + 1801, w.Tick(9100, reachableSince: 9000));
        Assert.Empty(w.Changes);
    }

    [Fact]
    public void The_end_of_a_silence_that_a_crash_forgot_is_told()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0));
        w.Read(1800, ("depth", 0));
        Assert.Equal(["offline ended@1800"], w.Changes.Select(Watched.Tell));
    }

    [Fact]
    public void A_bad_value_is_a_sign_of_life_but_feeds_no_rule()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(0, ("depth", 0));
        w.Tick(2000);
        w.Read(2100, ("depth", 99));
        Assert.Equal(["offline blue@1800", "offline ended@2100"], w.Changes.Select(Watched.Tell));
        Assert.Equal(0, w.Latest("depth"));
    }
}
