using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rain;

/// <summary>A gauge whose clock is ahead: what it sends at once counts at one time, its receipt.</summary>
public sealed class RainBoardClockTests
{
    private const long T = 1_735_660_800_000;
    private const long HourMs = RainDesk.HourMs;
    private const int Gauge = 7;

    private readonly RainBoard _board = new();

    [Fact]
    public void All_readings_of_a_batch_that_count_at_one_time_have_fallen()
    {
        for (var i = 0; i < 5; i++) Fall(Arrival.Latest, T, T + HourMs + (i * 60_000), i);
        Assert.Equal(15, Left(), 9);
    }

    [Fact]
    public void Two_readings_of_one_millisecond_are_told_apart_by_their_sequence()
    {
        for (var sequence = 1; sequence <= 2; sequence++) Fall(Arrival.Latest, T, T, sequence);
        Assert.Equal(6, Left(), 9);
    }

    /// <summary>A grain that died before its state was stored is shown them again, and takes them for its newest again.</summary>
    [Fact]
    public void What_is_judged_again_counts_once()
    {
        for (var again = 0; again < 2; again++)
            for (var i = 0; i < 5; i++) Fall(Arrival.Latest, T, T + HourMs + (i * 60_000), i);
        Assert.Equal(15, Left(), 9);
    }

    [Fact]
    public void What_its_gateway_sends_again_later_counts_once_though_at_another_time()
    {
        for (var i = 0; i < 5; i++) Fall(Arrival.Latest, T, T + HourMs + (i * 60_000), i);
        for (var i = 0; i < 5; i++) Fall(Arrival.Late, T + 90_000, T + HourMs + (i * 60_000), i);
        Assert.Equal(15, Left(), 9);
    }

    /// <summary>A device that starts in 2000 each time: the same time again is another reading.</summary>
    [Fact]
    public void What_is_the_newest_once_more_at_another_time_has_fallen_again()
    {
        Fall(Arrival.Latest, T, 946_684_800_000, 0);
        Fall(Arrival.Latest, T + 1, 946_684_800_000, 0);
        Assert.Equal(6, Left(), 3);
    }

    private void Fall(Arrival arrival, long timeMs, long deviceMs, long sequence) => _board.Observe(Gauge, arrival, timeMs, deviceMs, sequence, default, [0], [3]);

    private double Left() => _board.LeftAt(Gauge, 0, T, T);
}
