using LuohuIOC.Benchmarks.Scores;
using Xunit;

namespace LuohuIOC.Tests.Detection.Chart;

/// <summary>Two levels; in each file ten faulty rows and ten others.</summary>
public sealed class LevelChoiceTests
{
    private static readonly RowCount Perfect = new(10, 0, 0, 10), Blind = new(1, 9, 0, 10), Nervous = new(10, 0, 4, 6);

    [Fact]
    public void A_group_has_no_voice_in_the_level_that_it_is_judged_by()
    {
        // a alone would take the first level, b the second; c leans to the first.
        var (count, chosen) = LevelChoice.FromOthers(
            [("a", [Perfect, Blind]), ("b", [Blind, Perfect]), ("b", [Blind, Perfect]), ("c", [Perfect, Nervous])], c => c.F1);
        Assert.Equal([1, 0, 1], chosen);
        Assert.Equal(Blind + Blind + Blind + Nervous, count);
    }

    [Fact]
    public void False_alarms_over_a_limit_cost_a_hundredth_each()
    {
        Assert.Equal(1, LevelChoice.F1AndFalseAlarms(Perfect, 15), 9);
        // F1 of 10 / (10 + 4/2), 40 % false alarms.
        Assert.Equal((10.0 / 12) - 0.25, LevelChoice.F1AndFalseAlarms(Nervous, 15), 9);
    }

    [Fact]
    public void Of_equal_levels_the_lowest_is_chosen() => Assert.Equal(1, LevelChoice.Best([[Blind, Perfect, Perfect]], c => c.F1));

    [Fact]
    public void Counts_are_the_benchmarks()
    {
        var count = RowCount.Sum([RowCount.One(true, true), RowCount.One(true, true), RowCount.One(true, false), RowCount.One(false, true), RowCount.One(false, false)]);
        Assert.Equal(new RowCount(2, 1, 1, 1), count);
        Assert.Equal((2.0 / 3, 50, 100.0 / 3), (count.F1, count.FalsePercent, count.MissedPercent));
    }
}
