using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rules;

/// <summary>A river section that reports every five minutes, calm for two hours before.</summary>
public sealed class LoneReadingTests
{
    private const int Calm = 24;

    private readonly Watched _river = new(SensorKind.River);
    private int _readings;

    public LoneReadingTests()
    {
        for (var i = 0; i < Calm; i++) Read(3 + (i % 2 * 0.01));
    }

    [Fact]
    public void A_rise_that_the_next_reading_takes_back_is_told_at_once_and_ends_as_a_lone_reading()
    {
        Read(5.2);
        Assert.Equal("river-rise orange@7200", _river.Story);
        Read(3.01);
        Assert.Equal("river-rise orange@7200, river-rise ended@7500", _river.Story);
        Assert.Equal("""{"windowSeconds":3600,"lone":true}""", _river.Changes[^1].Evidence);
    }

    [Fact]
    public void A_rise_that_lasts_for_two_readings_is_none()
    {
        Read(5.2, 5.1, 3.01, 3);
        Assert.Equal("river-rise orange@7200, river-rise ended@8100", _river.Story);
        Assert.Equal("""{"windowSeconds":3600}""", _river.Changes[^1].Evidence);
    }

    /// <summary>A rise that began before and fell by a tenth of a metre stood there all the same.</summary>
    [Fact]
    public void Water_that_trembles_about_the_threshold_is_none()
    {
        Read(3.2, 3.4, 3.51, 3.39);
        Assert.Equal("river-rise blue@7800, river-rise ended@8100", _river.Story);
        Assert.DoesNotContain("lone", _river.Changes[^1].Evidence);
    }

    [Fact]
    public void A_rise_that_ends_by_time_alone_is_none()
    {
        Read(5.2);
        _river.Tick(7200 + 7200);
        Assert.EndsWith("ended@10800", _river.Story);
        Assert.DoesNotContain("lone", _river.Changes[^1].Evidence);
    }

    /// <summary>The water did not rise from where one reading had it.</summary>
    [Fact]
    public void A_lone_low_reading_is_no_rise_afterwards()
    {
        Read(0.4, 3.01, 3, 3.01);
        Assert.Equal("", _river.Story);
    }

    [Fact]
    public void A_lone_low_reading_ends_no_rise()
    {
        Read(5.2, 5.3, 5.4, 5.5, 3.1, 5.5);
        Assert.Equal("river-rise orange@7200", _river.Story);
    }

    /// <summary>A rise that nothing is heard of any more ends with its window, whatever the last value was.</summary>
    [Fact]
    public void A_lone_low_reading_before_a_silence_holds_nothing_open()
    {
        Read(5.2, 5.3, 5.4, 3.1);
        Assert.Equal("river-rise orange@7200", _river.Story);
        _river.Tick(20_000);
        Assert.Matches("^river-rise orange@7200.*river-rise ended@1[01]\\d00$", _river.Story);
    }

    /// <summary>A gate was opened: the second low reading says that the first was true.</summary>
    [Fact]
    public void Water_that_has_fallen_rises_from_where_it_stands()
    {
        Read(2, 2, 2.6);
        Assert.Equal("river-rise blue@7800", _river.Story);
    }

    [Fact]
    public void A_fall_that_lasts_ends_a_rise_with_its_second_reading()
    {
        Read(5.2, 5.3, 5.4, 5.5, 3.1, 3.1);
        Assert.Equal("river-rise orange@7200, river-rise ended@8700", _river.Story);
    }

    private void Read(params double[] levels)
    {
        foreach (var level in levels) _river.Read(300 * _readings++, ("level", level));
    }
}
