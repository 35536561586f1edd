using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rain;

/// <summary>Gauges whose grain lives on another host.</summary>
public sealed class RainBoardTests
{
    private const long T = 1_735_660_800_000;
    private const int Gauge = 7;

    private readonly RainBoard _here = new();
    private readonly RainBoard _there = new();

    [Fact]
    public void What_another_host_tells_counts_as_if_it_had_fallen_here_however_often_it_is_told()
    {
        for (var minute = 0; minute < 5; minute++) Fall(_there, T + (minute * 60_000), 2);
        for (var i = 0; i < 3; i++) _here.Learn(Gauge, _there.Tell(Gauge)!);
        Assert.Equal(Left(_there), Left(_here));
        Assert.True(Left(_here) > 9);
        Assert.Null(_here.Tell(Gauge + 1));
    }

    [Fact]
    public void What_is_older_than_known_changes_nothing()
    {
        Fall(_there, T, 2);
        var old = _there.Tell(Gauge)!;
        Fall(_there, T + 60_000, 3);
        _here.Learn(Gauge, _there.Tell(Gauge)!);
        _here.Learn(Gauge, old);
        Assert.Equal(Left(_there), Left(_here));
        // The grain lives there, and knows late rain of the same minute that was not stored elsewhere.
        Fall(_here, T, 1);
        _there.Learn(Gauge, old);
        Assert.NotEqual(Left(_there), Left(_here));
    }

    [Fact]
    public void An_hour_that_is_sent_again_has_fallen_once()
    {
        for (var again = 0; again < 2; again++)
            for (var minute = 0; minute < 60; minute++) Fall(_here, T + (minute * 60_000), 1);
        for (var minute = 0; minute < 60; minute++) Fall(_there, T + (minute * 60_000), 1);
        Assert.Equal(Left(_there), Left(_here), 9);
        // What comes late for the first time counts.
        Fall(_here, T + 30_500, 5);
        Assert.True(Left(_here) > Left(_there) + 2);
    }

    [Fact]
    public void A_grain_that_comes_here_goes_on_from_its_state_and_rain_shown_again_counts_once()
    {
        Fall(_there, T, 2);
        var stored = _there.Tell(Gauge)!;
        Fall(_there, T + 60_000, 3);
        _here.Learn(Gauge, _there.Tell(Gauge)!);
        // The other host dies, its last reading is shown again here.
        _here.Restore(Gauge, stored);
        Fall(_here, T + 60_000, 3);
        Assert.Equal(Left(_there), Left(_here), 9);
        // Without any stored state all of it is shown again.
        var fresh = new RainBoard();
        fresh.Learn(Gauge, _there.Tell(Gauge)!);
        fresh.Restore(Gauge, null);
        Assert.Equal(double.NaN, fresh.LeftAt(Gauge, 0, T + 60_000, T));
        Fall(fresh, T, 2);
        Fall(fresh, T + 60_000, 3);
        Assert.Equal(Left(_there), Left(fresh), 9);
    }

    [Fact]
    public void A_grain_that_wakes_where_it_lived_keeps_what_the_board_has()
    {
        Fall(_here, T, 2);
        var stored = _here.Tell(Gauge)!;
        Fall(_here, T + 60_000, 3);
        var left = Left(_here);
        _here.Restore(Gauge, stored);
        Assert.Equal(left, Left(_here));
    }

    /// <summary>An outage ends in a storm: what stations kept is judged by the rain of its own time.</summary>
    [Fact]
    public void Rain_explains_nothing_that_was_before_it()
    {
        const long hour = 3_600_000;
        for (var h = 0; h <= 48; h++) Fall(_here, T + (h * hour), h == 20 ? 10 : 0);
        Fall(_here, T + (49 * hour), 30);
        var end = T + (49 * hour);
        Assert.True(At(end) > 30);
        Assert.Equal(0, At(T + (19 * hour)));
        Assert.InRange(At(T + (21 * hour)), 5, 10);
        Assert.True(At(T + (40 * hour)) < At(T + (21 * hour)));
        // Messages of the same quarter of an hour overtake each other.
        Assert.True(At(end - 600_000) > 30);
        // It was not heard by then.
        Assert.Equal(double.NaN, At(T - hour));

        double At(long timeMs) => _here.LeftAt(Gauge, 0, timeMs, T - hour);
    }

    [Fact]
    public void A_backlog_behind_the_newest_reading_counts_at_its_own_time()
    {
        const long hour = 3_600_000;
        Fall(_here, T + (5 * hour), 0);
        _here.Observe(Gauge, Arrival.Late, T, T, 1, default, [0], [30]);
        Assert.InRange(_here.LeftAt(Gauge, 0, T + hour, T - hour), 5, 30);
        Fall(_there, T, 10);
        var fresh = new RainBoard();
        fresh.Restore(Gauge, _there.Tell(Gauge));
        Fall(fresh, T + (5 * hour), 0);
        var before = fresh.LeftAt(Gauge, 0, T + hour, T - hour);
        fresh.Observe(Gauge, Arrival.Late, T - hour, T - hour, 1, default, [0], [20]);
        Assert.True(fresh.LeftAt(Gauge, 0, T + hour, T - hour) > before + 1);
    }

    [Fact]
    public void What_a_gauge_had_left_at_the_start_drains_and_what_was_before_is_not_known_any_more()
    {
        const long hour = 3_600_000;
        Fall(_there, T, 20);
        _here.Restore(Gauge, _there.Tell(Gauge));
        Fall(_here, T + (10 * hour), 30);
        Assert.InRange(_here.LeftAt(Gauge, 0, T + hour, T - hour), 1, 20);
        Assert.Equal(_here.LeftAt(Gauge, 0, T + (10 * hour), T), _here.LeftAt(Gauge, 0, T - hour, T - (2 * hour)));
    }

    private static void Fall(RainBoard board, long timeMs, double mm) => board.Observe(Gauge, Arrival.Latest, timeMs, timeMs, 0, default, [0], [mm]);

    private static double Left(RainBoard board) => board.LeftAt(Gauge, 0, T + 600_000, T);
}
