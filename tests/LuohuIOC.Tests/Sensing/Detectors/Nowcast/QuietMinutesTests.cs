using LuohuIOC.Alerts;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

/// <summary>A silent station says nothing of its water: alerts do not end as if it had fallen.</summary>
public sealed class QuietMinutesTests
{
    private static readonly object Model = new();

    [Fact]
    public void A_point_that_falls_silent_before_an_expected_flood_ends_half_an_hour_later_as_unknown()
    {
        var latch = new NowcastLatch(confirm: 2, end: 10);
        Assert.Equal([(1, NowcastTurn.Raised), (49, NowcastTurn.Unknown)], Turns(0, 60, m => m < 20 ? latch.Step(m, 0.05, 0.15, 0.03, 0, true) : latch.Step(m, double.NaN, 0.15, 0.03, 0, null)));
    }

    [Fact]
    public void Minutes_without_a_forecast_count_neither_as_below_nor_against_it()
    {
        var latch = new NowcastLatch(confirm: 2, end: 10);
        // Seven below, twenty silent, three below.
        Assert.Equal([(29, NowcastTurn.Fell)], Turns(0, 40, m => latch.Step(m, 0.05, 0.15, 0.03, 0, m is >= 7 and < 27 ? null : false)));
    }

    [Fact]
    public void Looks_that_are_far_apart_do_not_say_what_was_between()
    {
        var latch = new NowcastLatch(confirm: 2, end: 10);
        Assert.Equal(NowcastTurn.None, latch.Step(0, 0.05, 0.15, 0.03, 0, false));
        Assert.Equal(NowcastTurn.None, latch.Step(60, 0.05, 0.15, 0.03, 0, false));
        // Nor does one long span, as of a process that stood still, end what a reading a moment later would hold.
        Assert.Equal([NowcastTurn.None, NowcastTurn.None, NowcastTurn.Unknown], new[] { 90, 100, 110 }.Select(m => latch.Step(m, double.NaN, 0.15, 0.03, 0, null)));
    }

    [Fact]
    public void A_residual_of_a_station_that_falls_silent_ends_half_an_hour_later_as_unknown()
    {
        var latch = new ResidualLatch(3, 8, 10, 0.05);
        Assert.Equal(
            [(24, ResidualTurn.Explained), (47, ResidualTurn.Raised), (89, ResidualTurn.Unknown)],
            Turns(0, 120, m => m < 60 ? latch.Step(m, m < 40 ? 0.5 : 2, Forecast, Model) : latch.Step(m, double.NaN, null, null)));
    }

    [Fact]
    public void A_start_does_not_end_what_stands_before_anything_can_be_held_against_a_forecast()
    {
        var latch = new ResidualLatch(3, 8, 10, 0.05);
        Assert.Equal([(22, ResidualTurn.Raised)], Turns(0, 40, m => latch.Step(m, 2, Forecast, Model)));
        // The first quarter of an hour does not count as without knowledge either.
        latch = new ResidualLatch(3, 8, 10, 0.05);
        Assert.Equal([(44, ResidualTurn.Unknown)], Turns(0, 60, m => latch.Step(m, double.NaN, Forecast, Model)));
        // Where nothing is ever forecast it does.
        latch = new ResidualLatch(3, 8, 10, 0.05);
        Assert.Equal([(29, ResidualTurn.Unknown)], Turns(0, 60, m => latch.Step(m, double.NaN, null, null)));
    }

    [Fact]
    public void Water_that_is_outside_the_interval_and_not_far_is_not_within_it()
    {
        var latch = new ResidualLatch(3, 8, 10, 0.05);
        Assert.Equal([(44, ResidualTurn.Explained)], Turns(0, 60, m => latch.Step(m, m is >= 20 and < 40 ? 0.8 : 0.5, Forecast, Model)));
    }

    [Fact]
    public void Nobody_is_told_that_the_water_has_fallen()
    {
        Assert.Equal("缺少有效数据，预报已中断，预警中止；不表示水情已缓解。", EvidenceWords.Of(TextBook.Chinese, "waterlogging", "depth", null, null, NowcastEvidence.Ended(NowcastTurn.Unknown)));
        Assert.Equal("缺少有效数据，已无法与预报比对，预警中止；不表示水位已恢复正常。", EvidenceWords.Of(TextBook.Chinese, "pipe", "level", null, null, NowcastEvidence.Ended(ResidualTurn.Unknown)));
    }

    private static NowcastValue Forecast => new(15, 0.5, 0.4, 0.7);

    private static (int, T)[] Turns<T>(int from, int to, Func<int, T> step) where T : struct, Enum =>
        [.. Enumerable.Range(from, to - from).Select(m => (Minute: m, Turn: step(m))).Where(t => !t.Turn.Equals(default(T)))];
}
