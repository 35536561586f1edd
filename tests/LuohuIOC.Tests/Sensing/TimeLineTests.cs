using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class TimeLineTests
{
    [Fact]
    public void A_reading_sent_again_is_a_duplicate()
    {
        var w = new Watched(SensorKind.Waterlogging);
        Assert.Equal(Arrival.Latest, w.Observe(0, 1, ("depth", 0.1)));
        Assert.Equal(Arrival.Duplicate, w.Observe(0, 1, ("depth", 0.3)));
        for (var i = 1; i <= 7; i++) w.Observe(i, i + 1, ("depth", 0.1));
        Assert.Equal(Arrival.Duplicate, w.Observe(0, 1, ("depth", 0.3)));
        Assert.Equal(0.1, w.Latest("depth"));
    }

    [Fact]
    public void Without_a_sequence_the_time_alone_is_the_identity()
    {
        var w = new Watched(SensorKind.Waterlogging);
        Assert.Equal(Arrival.Latest, w.Observe(0, ReadingGroup.NoSequence, ("depth", 0.1)));
        Assert.Equal(Arrival.Duplicate, w.Observe(0, ReadingGroup.NoSequence, ("depth", 0.1)));
    }

    [Fact]
    public void At_the_same_time_a_higher_sequence_is_newer_and_a_lower_one_late()
    {
        var w = new Watched(SensorKind.Outfall);
        w.Observe(0, 5, ("level", 0.5));
        Assert.Equal(Arrival.Latest, w.Observe(0, 6, ("flow", 1.5)));
        Assert.Equal(Arrival.Late, w.Observe(0, 4, ("level", 0.9)));
        Assert.Equal((0.5, 1.5), (w.Latest("level"), w.Latest("flow")));
    }

    /// <summary>SL 651: reports of one minute whose serial passes its end; larger sequences are no serials.</summary>
    [Theory]
    [InlineData(65_535, 1, Arrival.Latest)]
    [InlineData(65_535, 65_534, Arrival.Late)]
    [InlineData(3, 65_530, Arrival.Late)]
    [InlineData(65_536, 1, Arrival.Late)]
    public void A_serial_of_16_bits_begins_anew(long first, long second, Arrival arrival)
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Observe(0, first, ("depth", 0.02));
        Assert.Equal(arrival, w.Observe(0, second, ("depth", 0.45)));
    }

    [Fact]
    public void Sets_of_factors_of_one_time_are_all_of_the_present_in_whichever_order_they_come()
    {
        var w = new Watched(SensorKind.WaterQuality);
        Assert.Equal(Arrival.Latest, w.Observe(0, 20_174_634, ("temperature", 25)));
        Assert.Equal(Arrival.Latest, w.Observe(0, 20_161_248, ("ph", 7.1)));
        Assert.Equal(Arrival.Duplicate, w.Observe(0, 20_174_634, ("temperature", 26)));
        Assert.Equal(Arrival.Duplicate, w.Observe(0, 20_161_248, ("ph", 7.2)));
        Assert.Equal((25, 7.1), (w.Latest("temperature"), w.Latest("ph")));
    }

    [Fact]
    public void An_older_reading_is_late_and_changes_nothing()
    {
        var w = new Watched(SensorKind.Waterlogging);
        w.Read(100, ("depth", 0.05));
        Assert.Equal(Arrival.Late, w.Observe(99, ReadingGroup.NoSequence, ("depth", 0.5)));
        Assert.Equal(0.05, w.Latest("depth"));
        Assert.Equal("", w.Story);
        Assert.Equal(Watched.At(100), w.State.LatestMs);
    }

    [Fact]
    public void A_late_reading_out_of_range_is_still_marked()
    {
        var w = new Watched(SensorKind.Outfall);
        w.Read(100, ("level", 0.5));
        var (mark, arrival) = w.Receive(50, 100, 1, ("level", 0.4), ("flow", 1000));
        Assert.Equal(Arrival.Late, arrival);
        Assert.Equal(new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 0b10), mark);
    }

    [Fact]
    public void Metrics_of_one_moment_that_come_in_two_messages_are_both_the_latest_and_a_repetition_is_one()
    {
        var w = new Watched(SensorKind.Outfall);
        Assert.Equal(Arrival.Latest, w.Observe(100, ReadingGroup.NoSequence, ("level", 2.5)));
        Assert.Equal(Arrival.Latest, w.Observe(100, ReadingGroup.NoSequence, ("flow", 1.5)));
        Assert.Equal((2.5, 1.5), (w.Latest("level"), w.Latest("flow")));
        Assert.Equal(Arrival.Duplicate, w.Observe(100, ReadingGroup.NoSequence, ("level", 2.6), ("flow", 1.6)));
        Assert.Equal(Arrival.Latest, w.Observe(110, ReadingGroup.NoSequence, ("level", 2.7)));
        Assert.Equal(Arrival.NewestOfItsKind, w.Observe(100, ReadingGroup.NoSequence, ("velocity", 0.4)));
        Assert.Equal(Arrival.Duplicate, w.Observe(100, ReadingGroup.NoSequence, ("velocity", 0.5)));
        Assert.Equal(Arrival.Duplicate, w.Observe(110, ReadingGroup.NoSequence, ("level", 2.7)));
    }

    [Fact]
    public void Rain_of_one_moment_counts_once_whatever_comes_with_it()
    {
        var w = new Watched(SensorKind.RainGauge);
        w.Observe(100, ReadingGroup.NoSequence, ("rain", 15));
        Assert.Equal(Arrival.Duplicate, w.Observe(100, ReadingGroup.NoSequence, ("rain", 15), ("battery", 80)));
        Assert.Equal(Arrival.Latest, w.Observe(100, ReadingGroup.NoSequence, ("battery", 80)));
        Assert.Equal("", w.Story);
    }

    [Fact]
    public void A_clock_more_than_a_minute_ahead_is_bounded_and_doubted()
    {
        var w = new Watched(SensorKind.Waterlogging);
        Assert.Equal(default, w.Receive(60, 0, 1, ("depth", 0)).Mark);
        Assert.Equal(Watched.At(60), w.State.LatestMs);
        w = new Watched(SensorKind.Waterlogging);
        var mark = w.Receive(60.001, 0, 1, ("depth", 0.2)).Mark;
        Assert.Equal(new QualityMark(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue), mark);
        Assert.Equal(Watched.At(0), w.State.LatestMs);
        Assert.Equal("waterlogging-depth yellow@0", w.Story);
    }

    [Fact]
    public void A_clock_that_wavers_about_the_tolerance_loses_no_reading()
    {
        var w = new Watched(SensorKind.Waterlogging);
        double[] ahead = [59, 61, 59.5, 62, 58];
        for (var i = 0; i < ahead.Length; i++)
            Assert.Equal(Arrival.Latest, w.Receive((i * 10) + ahead[i], i * 10, i, ("depth", 0.01 * i)).Arrival);
    }

    [Fact]
    public void A_resend_from_a_clock_ahead_is_late_but_a_clock_set_back_goes_on()
    {
        var w = new Watched(SensorKind.Waterlogging);
        for (var i = 0; i < 20; i++) w.Receive(7200 + (i * 10), i * 10, i, ("depth", 0.1));
        Assert.Equal(Arrival.Late, w.Receive(7200 + 20, 300, 2, ("depth", 0.9)).Arrival);
        Assert.Equal(Arrival.Latest, w.Receive(310, 310, 21, ("depth", 0.1)).Arrival);
        w.Receive(86_400 * 365, 320, 22, ("depth", 0.1));
        Assert.Equal(Arrival.Latest, w.Receive(7200, 330, 23, ("depth", 0.1)).Arrival);
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(86_400)]
    public void Hours_of_rain_of_a_clock_ahead_that_are_sent_again_fall_once(int ahead)
    {
        var w = new Watched(SensorKind.RainGauge);
        for (var again = 0; again < 2; again++)
            for (var i = 0; i < 20; i++) w.Receive(ahead + (i * 300) - 6_000, again, i, ("rain", 0.6));
        Assert.Equal("", w.Story);
    }

    [Fact]
    public void Whatever_the_order_the_newest_reading_stands() =>
        Gen.Int[1, 400].HashSet[1, 40].SelectMany(times => Gen.Shuffle(times.ToArray())).Sample(times =>
        {
            var w = new Watched(SensorKind.Waterlogging);
            var newest = 0;
            foreach (var t in times)
            {
                var arrival = w.Receive(t, 1000, t, ("depth", t * 0.001)).Arrival;
                Assert.Equal(t > newest ? Arrival.Latest : Arrival.Late, arrival);
                newest = Math.Max(newest, t);
            }
            Assert.Equal(Watched.At(newest), w.State.LatestMs);
            Assert.Equal(newest * 0.001, w.Latest("depth"));
        }, iter: 300);
}
