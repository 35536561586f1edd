using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rules;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

/// <summary>The clock of the host itself was wrong: what came then lies in the future of what comes now.</summary>
public sealed class HostClockTests
{
    private const double Day = 86_400;

    private readonly Watched _w = new(SensorKind.Waterlogging, RuleCompiler.Compile(
        MetricLayout.Of(SensorKind.Waterlogging),
        [
            new LadderRule { Id = "held", Metric = "depth", Hysteresis = 0.03, HoldSeconds = 300, ClearHoldSeconds = 400, Steps = [new(Severity.Red, 0.4)] },
            new NoDataRule { Id = "offline", Severity = Severity.Blue },
        ]));

    [Fact]
    public void What_was_received_in_the_future_counts_as_heard_now()
    {
        _w.Receive(0, Day, 1, ("depth", 0));
        Assert.Equal(1861, _w.Tick(60));
        Assert.Equal(Watched.At(60), _w.State.HeardMs);
        _w.Tick(1861);
        Assert.Equal("offline blue@1860", Watched.Tell(Assert.Single(_w.Changes)));
    }

    [Fact]
    public void A_reading_received_by_the_right_clock_takes_the_future_away()
    {
        _w.Receive(0, Day, 1, ("depth", 0));
        _w.Receive(10, 10, 2, ("depth", 0));
        Assert.Equal(Watched.At(10), _w.State.HeardMs);
    }

    [Fact]
    public void A_clock_that_wavers_by_less_than_a_minute_is_not_wrong()
    {
        _w.Receive(0, 59, 1, ("depth", 0));
        Assert.Equal(59 + 1801, _w.Tick(0));
    }

    [Fact]
    public void A_hold_runs_out_by_a_clock_that_was_set_back_while_the_devices_went_on()
    {
        Minutes(0, 10, device: 0, received: 0, 0);
        Minutes(10, 20, device: 0, received: -3600, 0.5);
        Assert.Equal("held red@-2700", _w.Story);
        Assert.Equal(Watched.At((19 * 60) - 3600), _w.State.LatestMs);
    }

    [Fact]
    public void A_hold_runs_out_by_a_clock_that_was_set_right_together_with_the_devices()
    {
        Minutes(0, 10, device: Day, received: Day, 0);
        Minutes(10, 20, device: 0, received: 0, 0.5);
        Assert.Equal("held red@900", _w.Story);
    }

    [Fact]
    public void A_reading_on_its_way_for_some_seconds_when_the_clock_was_set_right_is_the_latest()
    {
        Minutes(0, 10, device: Day, received: Day, 0);
        Assert.Equal(Arrival.Latest, _w.Receive(598, 600, 10, ("depth", 0)).Arrival);
        Assert.Equal(Arrival.Latest, _w.Receive(599, 601, 11, ("depth", 0)).Arrival);
        Assert.Equal(Arrival.Late, _w.Receive(300, 602, 5, ("depth", 0)).Arrival);
    }

    [Fact]
    public void A_hold_that_ran_begins_anew_and_is_told_without_a_further_reading()
    {
        _w.Receive(Day, Day, 1, ("depth", 0.5));
        _w.Tick(Day + 100);
        var due = _w.Tick(0);
        Assert.InRange(due, 300, 400);
        _w.Tick(due);
        Assert.Equal("held red@300", _w.Story);
    }

    [Fact]
    public void A_hold_that_ran_when_the_clock_was_set_back_is_not_told_for_the_way_back()
    {
        _w.Receive(0, 0, 1, ("depth", 0.5));
        _w.Receive(60, 60 - 3600, 2, ("depth", 0.5));
        _w.Receive(180, 180 - 3600, 3, ("depth", 0.5));
        Assert.Equal("", _w.Story);
        _w.Receive(420, 420 - 3600, 4, ("depth", 0.5));
        Assert.Equal("held red@-3240", _w.Story);
    }

    [Fact]
    public void Rain_in_a_window_passes_by_the_clock_that_was_set_back()
    {
        var gauge = new Watched(SensorKind.RainGauge);
        for (var i = 0; i < 10; i++) gauge.Receive(Day + (i * 60), Day + (i * 60), i, ("rain", 1.5));
        gauge.Receive(600, 600, 10, ("rain", 6));
        Assert.Equal("rain-1h blue@600", gauge.Story);
        gauge.Receive(660, 660, 11, ("rain", 0));
        gauge.Tick(600 + 3000);
        Assert.Equal("rain-1h blue@600", gauge.Story);
        gauge.Tick(600 + 3800);
        Assert.Contains("rain-1h ended@", gauge.Story, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_are_counted_on_across_the_clock_that_was_set_back()
    {
        var rule = new RepeatRule { Id = "often", Severity = Severity.Yellow, Metric = "depth", At = 0.1, Times = 3, WindowSeconds = 600 };
        var w = new Watched(SensorKind.Waterlogging, RuleCompiler.Compile(MetricLayout.Of(SensorKind.Waterlogging), [rule]));
        double[] depths = [0.2, 0, 0.2, 0, 0.2, 0];
        for (var i = 0; i < depths.Length; i++) w.Receive(Clock(i), Clock(i), i, ("depth", depths[i]));
        Assert.Equal("often yellow@40", w.Story);
        w.Tick(1000);
        Assert.Contains("often ended@", w.Story, StringComparison.Ordinal);

        // Set right before the fifth.
        static double Clock(int i) => (i < 4 ? Day : 0) + (i * 10);
    }

    [Fact]
    public void A_value_is_judged_by_the_clock_that_was_set_back()
    {
        Minutes(0, 10, device: Day, received: Day, 0.1);
        Assert.Equal(default, _w.Receive(600, 600, 10, ("depth", 0.11)).Mark);
        Assert.Equal([Watched.At(600)], _w.State.LatestTimes!.Where((_, slot) => double.IsFinite(_w.State.Latest[slot])));
        Assert.All(_w.State.Metrics, m => Assert.True(m.LastMs <= Watched.At(600) && m.SameSinceMs <= Watched.At(600)));
    }

    [Fact]
    public void Readings_that_another_host_took_earlier_set_no_clock_back()
    {
        var w = new Watched(SensorKind.Waterlogging, _w.Rules) { InOrder = false };
        w.Receive(1000, 1000, 100, ("depth", 0.5));
        // A minute of them: states are saved more often than that.
        for (var i = 0; i < 10; i++) Assert.Equal(Arrival.Late, w.Receive(800 + (i * 6), 800 + (i * 6), i, ("depth", 0)).Arrival);
        Assert.Equal((Watched.At(1000), Watched.At(1000), 0.5), (w.State.LatestMs, w.State.HeardMs, w.Latest("depth")));
        w.Tick(1302);
        Assert.Equal("held red@1300", w.Story);
    }

    [Theory]
    [InlineData(0, -3600, -2700)]
    [InlineData(-3600, -3600, -2700 + 300)]
    public void A_clock_set_back_is_seen_by_the_devices_own_order_where_several_hosts_take_readings(double device, double received, double told)
    {
        var w = new Watched(SensorKind.Waterlogging, _w.Rules) { InOrder = false };
        for (var i = 0; i < 10; i++) w.Receive(i * 60, i * 60, i, ("depth", 0));
        for (var i = 10; i < 30; i++) w.Receive((i * 60) + device, (i * 60) + received, i, ("depth", 0.5));
        Assert.Equal($"held red@{told}", w.Story);
    }

    [Fact]
    public void A_device_whose_clock_was_set_back_is_watched_anew_when_the_hosts_was_too()
    {
        Minutes(0, 10, device: Day, received: Day, 0);
        Minutes(10, 13, device: Day - 28_800, received: Day, 0);
        Minutes(13, 30, device: -28_800, received: 0, 0.5);
        Assert.Equal("held red@1380", _w.Story);
    }

    // A reading a minute, whose times are off by some seconds.
    private void Minutes(int from, int to, double device, double received, double depth)
    {
        for (var i = from; i < to; i++) _w.Receive((i * 60) + device, (i * 60) + received, i, ("depth", depth));
    }
}
