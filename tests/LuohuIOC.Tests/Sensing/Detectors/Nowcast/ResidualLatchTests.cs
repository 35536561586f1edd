using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Sensing.Detectors.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

/// <summary>A station at 0.50 m that is forecast to stay there, 0.40 to 0.70 m: three half intervals above is 1.10 m, below 0.20 m.</summary>
public sealed class ResidualLatchTests
{
    private static readonly object Model = new();
    private readonly ResidualLatch _latch = new(3, 5, 10, 0.05);
    private long _minute;

    [Fact]
    public void Far_above_for_five_minutes_is_told_once_and_ends_after_ten_within()
    {
        Assert.Equal([ResidualTurn.Explained], Minutes(40, 0.5));
        Assert.Empty(Minutes(4, 1.11));
        Assert.Equal([ResidualTurn.Raised], Minutes(1, 1.11));
        Assert.Equal(3.05, _latch.Last!.Factor, 1e-9);
        Assert.Equal((15, 0.5, 0.4, 0.7, 1.11), (_latch.Last.Minutes, _latch.Last.Expected, _latch.Last.Low, _latch.Last.High, _latch.Last.Value));
        Assert.Empty(Minutes(6, 1.11));
        // Outside and not far: neither more nor over.
        Assert.Empty(Minutes(20, 0.8));
        Assert.Empty(Minutes(9, 0.6));
        Assert.Equal([ResidualTurn.Explained], Minutes(1, 0.6));
    }

    [Fact]
    public void Far_below_is_told_and_a_change_of_sides_begins_anew()
    {
        Minutes(40, 0.5);
        Assert.Empty(Minutes(4, 0.19));
        Assert.Empty(Minutes(4, 1.2));
        Assert.Empty(Minutes(4, 0.19));
        Assert.Equal([ResidualTurn.Raised], Minutes(1, 0.19));
        Assert.True(_latch.Last!.Factor < -3);
    }

    [Fact]
    public void A_doubtful_minute_breaks_the_row()
    {
        Minutes(40, 0.5);
        Assert.Empty(Minutes(4, 1.2));
        Assert.Empty(Minutes(1, double.NaN));
        Assert.Null(_latch.Last);
        Assert.Empty(Minutes(4, 1.2));
        Assert.Equal([ResidualTurn.Raised], Minutes(1, 1.2));
    }

    [Fact]
    public void What_another_model_forecast_is_not_held_against_this_one()
    {
        Minutes(40, 0.5);
        Assert.Empty(Minutes(15, 1.2, model: new object()));
        Assert.Null(_latch.Last);
    }

    [Fact]
    public void Minutes_that_are_left_out_leave_nothing_behind()
    {
        Minutes(40, 0.5);
        _minute += 1000;
        Assert.Empty(Minutes(15, 1.2));
        Assert.Null(_latch.Last);
        Assert.Empty(Minutes(4, 1.2));
        Assert.Equal([ResidualTurn.Raised], Minutes(1, 1.2));
    }

    [Fact]
    public void A_narrow_interval_counts_as_no_less_than_the_instrument()
    {
        var residual = NowcastResidual.Of(new NowcastValue(15, 0, 0, 0.001), 0.1, 0.05);
        Assert.Equal(2, residual.Factor, 1e-9);
    }

    private List<ResidualTurn> Minutes(int count, double value, object? model = null)
    {
        var turns = new List<ResidualTurn>();
        for (var i = 0; i < count; i++)
            if (_latch.Step(_minute++, value, new NowcastValue(15, 0.5, 0.4, 0.7), model ?? Model) is not ResidualTurn.None and var turn) turns.Add(turn);
        return turns;
    }
}
