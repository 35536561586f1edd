using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Health;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class LostStateTests
{
    [Fact]
    public void What_stood_goes_on_while_its_condition_holds_and_ends_with_a_normal_reading()
    {
        var sensor = new Watched(SensorKind.Waterlogging);
        TakeOver(sensor, ("waterlogging-depth", Severity.Orange, -600));
        Assert.Empty(sensor.Changes);

        sensor.Read(0, ("depth", 0.28));
        Assert.Equal("", sensor.Story);
        sensor.Read(600, ("depth", 0.41));
        sensor.Read(1200, ("depth", 0.05));
        Assert.Equal("waterlogging-depth red@600, waterlogging-depth ended@1200", sensor.Story);
    }

    [Fact]
    public void What_was_raised_by_time_alone_while_this_state_still_waited_goes_on()
    {
        var sensor = new Watched(SensorKind.Pipe);
        sensor.Read(0, ("level", 2.0));
        TakeOver(sensor, ("pipe-level", Severity.Yellow, 60));
        sensor.Tick(100);
        sensor.Read(120, ("level", 2.0));
        Assert.Equal("", sensor.Story);
        sensor.Read(500, ("level", 1.0));
        Assert.Equal("pipe-level ended@500", sensor.Story);
    }

    [Fact]
    public void A_hold_before_the_end_is_kept()
    {
        var sensor = new Watched(SensorKind.Outfall);
        TakeOver(sensor, ("outfall-backflow", Severity.Blue, -600));
        sensor.Read(0, ("flow", 1));
        sensor.Read(300, ("flow", 1));
        Assert.Equal("", sensor.Story);
        sensor.Read(900, ("flow", 1));
        Assert.Equal("outfall-backflow ended@600", sensor.Story);
    }

    [Fact]
    public void A_silence_that_was_told_ends_with_the_first_reading()
    {
        var sensor = new Watched(SensorKind.Smoke);
        TakeOver(sensor, ("offline", Severity.Blue, -600));
        Assert.Equal(double.PositiveInfinity, sensor.Tick(1));
        sensor.Read(5, ("alarm", 0));
        Assert.Equal("offline ended@5", Watched.Tell(Assert.Single(sensor.Changes)));
    }

    [Fact]
    public void Rain_that_is_known_by_its_alert_alone_leaves_the_window_when_its_time_has_come()
    {
        var sensor = new Watched(SensorKind.RainGauge);
        TakeOver(sensor, ("rain-3h", Severity.Orange, -3600));
        sensor.Read(0, ("rain", 0));
        sensor.Read(6600, ("rain", 0));
        Assert.Equal("", sensor.Story);
        sensor.Read(7800, ("rain", 0));
        var ended = Assert.Single(sensor.Changes);
        Assert.Equal(("rain-3h", null), (ended.Rule, ended.Severity));
        Assert.Equal(Watched.At(7800), ended.ObservedMs);
    }

    [Fact]
    public void Repeats_count_from_the_time_that_was_told()
    {
        var sensor = new Watched(SensorKind.Smoke);
        TakeOver(sensor, ("smoke-fault-repeats", Severity.Yellow, -3600));
        sensor.Read(0, ("fault", 0));
        Assert.Equal("", sensor.Story);
        sensor.Read(86_400, ("fault", 0));
        Assert.Equal("smoke-fault-repeats ended@82800", sensor.Story);
    }

    [Fact]
    public void A_rule_that_has_other_steps_by_now_is_told_as_it_is()
    {
        var sensor = new Watched(SensorKind.Waterlogging);
        TakeOver(sensor, ("waterlogging-depth", Severity.Blue, -600));
        Assert.Equal("waterlogging-depth ended@0", sensor.Story);
    }

    [Fact]
    public void A_fault_that_nobody_speaks_of_any_more_ends()
    {
        var sensor = new Watched(SensorKind.River);
        TakeOver(sensor, (HealthMarks.FaultRule, Severity.Blue, -600), (HealthMarks.BatteryRule, Severity.Blue, -600), ("somebody-elses", Severity.Red, -600));
        Assert.Empty(sensor.Changes);
        sensor.Read(0, ("level", 1));
        HealthMarks.Apply(null, sensor.State, sensor.Sensor, default, [0], sensor.Changes);
        Assert.Equal([HealthMarks.FaultRule, HealthMarks.BatteryRule], sensor.Changes.Where(c => c.Severity is null).Select(c => c.Rule));
        Assert.Null(sensor.State.Health);
    }

    [Fact]
    public void A_state_that_has_heard_of_its_sensor_is_not_lost()
    {
        var sensor = new Watched(SensorKind.Smoke);
        Assert.True(LostState.IsNew(sensor.State));
        sensor.Read(0, ("alarm", 0));
        Assert.False(LostState.IsNew(sensor.State));
    }

    [Fact]
    public void What_an_older_state_holds_and_has_ended_is_raised_by_the_next_reading_again()
    {
        var sensor = new Watched(SensorKind.Waterlogging);
        sensor.Read(0, ("depth", 0.41));
        Assert.Equal("waterlogging-depth red@0", sensor.Story);
        Assert.False(LostState.Agrees(sensor.State, null, []));
        TakeOver(sensor);
        Assert.True(LostState.Agrees(sensor.State, null, []));
        sensor.Read(600, ("depth", 0.41));
        Assert.Equal(["waterlogging-depth red@0", "waterlogging-depth red@600"], sensor.Changes.Select(Watched.Tell));
    }

    [Theory]
    [InlineData(true, "waterlogging-depth", Severity.Red)]
    [InlineData(false, "waterlogging-depth", Severity.Orange)]
    [InlineData(false, HealthMarks.FaultRule, Severity.Blue)]
    public void A_state_agrees_with_what_stands_by_rule_and_severity(bool agrees, string rule, Severity severity)
    {
        var sensor = new Watched(SensorKind.Waterlogging);
        sensor.Read(0, ("depth", 0.41));
        StandingAlert somebodyElses = new("nowcast-depth", Severity.Blue, default);
        Assert.Equal(agrees, LostState.Agrees(sensor.State, null, [new(rule, severity, default), somebodyElses]));
        TakeOver(sensor, (rule, severity, -600));
        Assert.True(LostState.Agrees(sensor.State, null, [new(rule, severity, default), somebodyElses]));
    }

    private static void TakeOver(Watched sensor, params (string Rule, Severity Severity, double Second)[] alerts) => LostState.TakeOver(
        sensor.State, sensor.Rules, sensor.Sensor, null, [.. alerts.Select(a => new StandingAlert(a.Rule, a.Severity, DateTimeOffset.FromUnixTimeMilliseconds(Watched.At(a.Second)), 1000))],
        Watched.Start, sensor.Changes);
}
