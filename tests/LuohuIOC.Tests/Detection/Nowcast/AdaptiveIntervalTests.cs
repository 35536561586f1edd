using LuohuIOC.Detection.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

/// <summary>One horizon of 15 minutes that always says 0.5 m, 0.4 to 0.7; a minute is wet from 0.05 m on.</summary>
public sealed class AdaptiveIntervalTests
{
    private static readonly NowcastModel Model = new()
    {
        TrainedAt = DateTimeOffset.UnixEpoch,
        Episodes = 1,
        Rows = 1,
        Features = ["own"],
        Typical = [0],
        SpreadMin = 0.01,
        Horizons = [new NowcastHorizon(15, new TreeEnsemble(0, []), new TreeEnsemble(0, []), [new NowcastBand(double.MaxValue, -1, 1)], 0, 0)],
    };

    private readonly AdaptiveInterval _interval = new(Model, wet: 0.05);
    private long _minute = 1000;

    [Fact]
    public void Water_that_stays_below_lowers_the_lower_end_as_soon_as_it_is_known_and_leaves_the_upper_one()
    {
        // The first forecast comes due after a quarter of an hour.
        Assert.All(Course(15, 0.3), v => Assert.Equal((0.4, 0.7), (v.Low, v.High)));
        var after = Course(30, 0.3);
        Assert.True(after[^1].Low < 0.35, $"{after[^1]}");
        Assert.All(after, v => Assert.Equal((0.5, 0.7), (v.Value, v.High)));
        Assert.Equal(after.Select(v => v.Low).OrderDescending(), after.Select(v => v.Low));
    }

    [Fact]
    public void It_widens_to_three_times_at_most_and_never_below_the_floor()
    {
        Assert.Equal(0.2, Course(300, 0.1)[^1].Low, 6);
        Assert.Equal(0.25, One(0.1, floor: 0.25).Low);
    }

    [Fact]
    public void Water_inside_takes_it_back_to_the_models_own_and_no_further()
    {
        var wide = Course(40, 0.3)[^1].Low;
        // Those made before still speak of the water that stayed below.
        Course(20, 0.5);
        var back = Course(2000, 0.5);
        Assert.True(wide < 0.37 && back[0].Low < 0.4);
        Assert.Equal(0.4, back[^1].Low, 6);
        Assert.Equal(back.Select(v => v.Low).Order(), back.Select(v => v.Low));
    }

    [Fact]
    public void Dry_silent_and_missing_minutes_teach_nothing()
    {
        Assert.All(Course(100, 0.01), v => Assert.Equal(0.4, v.Low));
        Assert.All(Course(100, double.NaN), v => Assert.Equal(0.4, v.Low));
        // A look every four minutes never meets a forecast of exactly a quarter of an hour before.
        for (var i = 0; i < 50; i++, _minute += 3) Assert.Equal(0.4, One(0.3).Low);
    }

    private NowcastValue[] Course(int minutes, double level) => [.. Enumerable.Range(0, minutes).Select(_ => One(level))];

    private NowcastValue One(double level, double floor = 0)
    {
        NowcastValue[] values = [new(15, 0.5, 0.4, 0.7)];
        _interval.Apply(_minute++, level, floor, values);
        return values[0];
    }
}
