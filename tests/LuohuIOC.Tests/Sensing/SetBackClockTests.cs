using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class SetBackClockTests
{
    private const double EightHours = 8 * 3600;

    private readonly Watched _w = new(SensorKind.Waterlogging);

    [Fact]
    public void A_clock_set_back_hides_no_flood_for_longer_than_five_minutes()
    {
        Minutes(0, 10, 0, 0);
        Minutes(10, 15, EightHours, 0.5);
        Assert.Equal("", _w.Story);
        var (mark, arrival) = _w.Receive((15 * 60) - EightHours, 15 * 60, 15, ("depth", 0.5));
        Assert.Equal((Arrival.Latest, new QualityMark(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue)), (arrival, mark));
        Assert.Contains("waterlogging-depth", _w.Story, StringComparison.Ordinal);
        Assert.Contains("@900", _w.Story, StringComparison.Ordinal);
        Assert.Equal((0.5, Watched.At(900)), (_w.Latest("depth"), _w.State.LatestMs));
    }

    [Fact]
    public void A_clock_put_right_again_is_believed_at_once()
    {
        Minutes(0, 10, 0, 0);
        Minutes(10, 20, EightHours, 0);
        Assert.Equal((default, Arrival.Latest), _w.Receive(1200, 1200, 20, ("depth", 0)));
        Assert.Equal(Arrival.Late, _w.Receive(1190, 1201, 19, ("depth", 0)).Arrival);
    }

    [Fact]
    public void Readings_sent_several_at_once_keep_their_distances()
    {
        Minutes(0, 10, 0, 0);
        for (var batch = 15; batch <= 30; batch += 5)
            for (var minute = batch - 4; minute <= batch; minute++) _w.Receive((minute * 60) - EightHours, batch * 60, minute, ("depth", minute * 0.001));
        Assert.Equal(Watched.At(30 * 60), _w.State.LatestMs);
        Assert.Equal(0.03, _w.Latest("depth"));
        Assert.Equal(Arrival.Late, _w.Receive((22 * 60) - EightHours, 31 * 60, 22, ("depth", 9)).Arrival);
        Assert.Equal(Arrival.Latest, _w.Receive((31 * 60) - EightHours, 32 * 60, 31, ("depth", 0)).Arrival);
        Assert.Equal(Watched.At(31 * 60), _w.State.LatestMs);
    }

    [Fact]
    public void What_was_stored_before_the_clock_was_set_back_is_late_and_ends_no_flood()
    {
        Minutes(0, 10, 0, 0);
        Minutes(10, 30, EightHours, 0.5);
        var told = _w.Story;
        Assert.Equal(Arrival.Late, _w.Receive(-3600, 1805, 1, ("depth", 0)).Arrival);
        Minutes(31, 40, EightHours, 0.5);
        Assert.Equal((told, 0.5, Watched.At(39 * 60)), (_w.Story, _w.Latest("depth"), _w.State.LatestMs));
    }

    [Fact]
    public void A_clock_set_to_something_else_again_is_believed_after_five_minutes_too()
    {
        Minutes(0, 10, 0, 0);
        Minutes(10, 30, EightHours, 0);
        Minutes(30, 42, EightHours / 2, 0.5);
        Assert.Equal((0.5, Watched.At(41 * 60)), (_w.Latest("depth"), _w.State.LatestMs));
    }

    [Fact]
    public void A_reading_sent_again_to_a_slow_sensor_does_not_take_the_belief_away()
    {
        Minutes(0, 10, 0, 0);
        Minutes(10, 20, EightHours, 0);
        _w.Receive((29 * 60) - EightHours, 29 * 60, 29, ("depth", 0));
        Assert.Equal(Arrival.Late, _w.Receive((25 * 60) - EightHours, 35 * 60, 25, ("depth", 9)).Arrival);
        Assert.Equal(Arrival.Latest, _w.Receive((39 * 60) - EightHours, 39 * 60, 39, ("depth", 0)).Arrival);
    }

    [Fact]
    public void Two_messages_of_one_moment_are_both_taken()
    {
        Minutes(0, 10, 0, 0);
        for (var i = 10; i < 30; i++)
        {
            _w.Receive((i * 60) - EightHours, i * 60, 2 * i, ("depth", 0.01));
            _w.Receive((i * 60) - EightHours, i * 60, (2 * i) + 1, ("battery", i));
        }
        Assert.Equal((0.01, 29), (_w.Latest("depth"), _w.Latest("battery")));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(4)]
    public void What_a_gateway_sends_again_faster_than_it_was_measured_stays_late(int times)
    {
        Minutes(0, 10, 0, 0);
        for (var i = 0; i < 60; i++)
            Assert.Equal(Arrival.Late, _w.Receive((i * 60) - EightHours, 600 + (i * 60.0 / times), i, ("depth", 9)).Arrival);
    }

    [Fact]
    public void What_comes_between_newer_readings_stays_late()
    {
        for (var i = 1; i < 100; i++)
        {
            Assert.Equal(Arrival.Latest, _w.Receive(i * 60, i * 60, i, ("depth", 0)).Arrival);
            Assert.Equal(Arrival.Late, _w.Receive((i * 60) - EightHours, (i * 60) + 1, i, ("depth", 9)).Arrival);
        }
    }

    // Readings every minute from a clock that is behind by some seconds.
    private void Minutes(int from, int to, double behind, double depth)
    {
        for (var i = from; i < to; i++) _w.Receive((i * 60) - behind, i * 60, i, ("depth", depth));
    }
}
