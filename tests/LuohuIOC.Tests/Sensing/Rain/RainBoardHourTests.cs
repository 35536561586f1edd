using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rain;

/// <summary>What has fallen in the last hour is told only where the board has all of it.</summary>
public sealed class RainBoardHourTests
{
    private const long T = 1_735_660_800_000;
    private const long MinuteMs = 60_000;
    private const int Gauge = 7;

    private readonly RainBoard _board = new();

    [Fact]
    public void After_a_start_in_a_storm_nobody_knows_the_hour_until_one_has_passed()
    {
        for (var minute = 0; minute <= 60; minute++) Fall(_board, minute, 0.8);
        Assert.Equal(48, Hour(_board, 60)!.Value, 9);
        var started = new RainBoard();
        started.Restore(Gauge, _board.Tell(Gauge));
        Assert.Equal(double.NaN, Hour(started, 60));
        Fall(started, 62, 0.2);
        Assert.Equal(double.NaN, Hour(started, 62));
        for (var minute = 63; minute <= 120; minute++) Fall(started, minute, 0);
        Assert.Equal(0.2, Hour(started, 120));
    }

    [Fact]
    public void A_gauge_that_begins_is_known_an_hour_later_and_one_that_is_silent_not_at_all()
    {
        Assert.Null(Hour(_board, 0));
        _board.Restore(Gauge, null);
        Fall(_board, 0, 5);
        Assert.Equal(double.NaN, Hour(_board, 59));
        Assert.Equal(0, Hour(_board, 60));
        Assert.Null(Hour(_board, 121));
    }

    [Fact]
    public void One_that_says_more_than_is_kept_of_an_hour_is_not_known()
    {
        for (var i = 0; i <= 2 * RainBoard.ReadingsKept; i++) _board.Observe(Gauge, Arrival.Latest, T + (i * 10_000), T, i, default, [0], [0.1]);
        var minute = 2 * RainBoard.ReadingsKept * 10_000 / MinuteMs;
        Assert.Equal(double.NaN, Hour(_board, minute));
    }

    [Fact]
    public void Where_it_lived_before_says_nothing_of_the_hour_here()
    {
        for (var minute = 0; minute <= 60; minute++) Fall(_board, minute, 0.8);
        var there = new RainBoard();
        there.Restore(Gauge, _board.Tell(Gauge));
        Fall(there, 61, 4);
        _board.Learn(Gauge, there.Tell(Gauge)!);
        Assert.Null(Hour(_board, 61));
    }

    private static void Fall(RainBoard board, long minute, double mm) => board.Observe(Gauge, Arrival.Latest, T + (minute * MinuteMs), T + (minute * MinuteMs), 0, default, [0], [mm]);

    private static double? Hour(RainBoard board, long minute) => board.FallenAfter(Gauge, T + ((minute - 60) * MinuteMs), T + ((minute - 120) * MinuteMs));
}
