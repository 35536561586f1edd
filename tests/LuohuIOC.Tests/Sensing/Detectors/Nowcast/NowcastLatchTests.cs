using CsCheck;
using LuohuIOC.Sensing.Detectors.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

public sealed class NowcastLatchTests
{
    private const double At = 0.15;
    private readonly NowcastLatch _latch = new(confirm: 2, end: 3);
    private long _minute = 1000;

    [Fact]
    public void A_crossing_is_told_at_the_second_minute_once_and_taken_over_by_the_water()
    {
        Quiet(3);
        Assert.Equal(NowcastTurn.None, Step(0.05, true));
        Assert.Equal(NowcastTurn.Raised, Step(0.08, true));
        Assert.Equal(NowcastTurn.None, Step(0.1, true));
        Assert.Equal(NowcastTurn.TakenOver, Step(0.16, true));
        Assert.Equal(NowcastTurn.None, Step(0.3, true));
    }

    /// <summary>The newest reading is looked at every ten seconds, the minute's table comes later and still has the reading before.</summary>
    [Fact]
    public void A_minute_from_before_the_crossing_announces_nothing()
    {
        var latch = new NowcastLatch(1, 3);
        Assert.Equal(NowcastTurn.Raised, latch.Step(6, 0.08, At, 0.03, 0, true));
        Assert.Equal(NowcastTurn.TakenOver, latch.Step(7, 0.16, At, 0.03, 0, false));
        Assert.Equal(NowcastTurn.None, latch.Step(7, 0.1, At, 0.03, 0, true));
        Assert.Equal(NowcastTurn.None, latch.Step(8, 0.2, At, 0.03, 0, true));
    }

    [Fact]
    public void A_single_minute_tells_nobody()
    {
        Quiet(3);
        for (var i = 0; i < 10; i++) Assert.Equal(NowcastTurn.None, Step(0.05, i % 2 == 0));
    }

    [Fact]
    public void A_forecast_that_wavers_is_one_alert_and_one_that_falls_ends_it()
    {
        Quiet(3);
        bool[] course = [true, true, false, false, true, false, true, true, false, false, false, false];
        Assert.Equal([NowcastTurn.Raised, NowcastTurn.Fell], course.Select(expected => Step(0.05, expected)).Where(t => t != NowcastTurn.None));
    }

    [Fact]
    public void After_a_crossing_the_water_must_fall_before_another_is_announced()
    {
        Step(0.2, true);
        foreach (var level in new[] { 0.14, 0.13, 0.14, 0.13 }) Assert.Equal(NowcastTurn.None, Step(level, true));
        Assert.Equal(NowcastTurn.None, Step(0.11, true));
        Assert.Equal(NowcastTurn.Raised, Step(0.11, true));
    }

    [Fact]
    public void A_rule_that_waits_keeps_the_forecast_open_until_it_speaks()
    {
        var latch = new NowcastLatch(1, 3);
        Assert.Equal(NowcastTurn.Raised, latch.Step(1, 1.4, 1.5, 0.1, 2, true));
        Assert.Equal(NowcastTurn.None, latch.Step(2, 1.6, 1.5, 0.1, 2, true));
        Assert.Equal(NowcastTurn.None, latch.Step(3, 1.6, 1.5, 0.1, 2, true));
        Assert.Equal(NowcastTurn.TakenOver, latch.Step(4, 1.6, 1.5, 0.1, 2, true));
    }

    [Fact]
    public void What_was_open_before_a_restart_ends_when_nothing_is_expected_and_stays_when_it_is()
    {
        Assert.Equal([NowcastTurn.None, NowcastTurn.None, NowcastTurn.Fell, NowcastTurn.None], Enumerable.Range(0, 4).Select(_ => Step(0.01, false)));
        var other = new NowcastLatch(2, 3);
        // The alert grain knows that it is open already and tells nobody again.
        Assert.Equal([NowcastTurn.None, NowcastTurn.Raised, NowcastTurn.None], Enumerable.Range(0, 3).Select(m => other.Step(m, 0.01, At, 0.03, 0, true)));
    }

    [Fact]
    public void Minutes_count_and_not_looks()
    {
        var latch = new NowcastLatch(2, 10);
        Assert.Equal(NowcastTurn.Fell, Enumerable.Range(0, 4).Select(i => latch.Step(i * 3, 1, 1.5, 0.1, 60, false)).ToArray()[^1]);
        Assert.Equal(NowcastTurn.None, latch.Step(20, 1.4, 1.5, 0.1, 60, true));
        Assert.Equal(NowcastTurn.Raised, latch.Step(23, 1.4, 1.5, 0.1, 60, true));
        Assert.Equal(NowcastTurn.None, latch.Step(30, 1.6, 1.5, 0.1, 60, true));
        Assert.Equal(NowcastTurn.TakenOver, latch.Step(90, 1.6, 1.5, 0.1, 60, true));
    }

    [Fact]
    public void Raised_and_ended_come_in_turn_whatever_happens() =>
        Gen.Select(Gen.Double[0, 0.3], Gen.Bool).Array[0, 200].Sample(minutes =>
        {
            var latch = new NowcastLatch(2, 3);
            var (open, minute) = (true, 0L);
            foreach (var (level, expected) in minutes)
            {
                var before = latch.HasTold;
                var turn = latch.Step(minute++, level, At, 0.03, 0, expected);
                if (turn == NowcastTurn.None) continue;
                if (turn == NowcastTurn.Raised) Assert.False(open && before);
                else Assert.True(open);
                open = turn == NowcastTurn.Raised;
                Assert.Equal(open, latch.IsOpen);
            }
        });

    private void Quiet(int minutes)
    {
        for (var i = 0; i < minutes; i++) Step(0, false);
    }

    private NowcastTurn Step(double now, bool expected) => _latch.Step(_minute++, now, At, 0.03, 0, expected);
}
