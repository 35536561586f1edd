using LuohuIOC.Benchmarks.Scores;
using Xunit;

namespace LuohuIOC.Tests.Detection.Novelty;

/// <summary>Twenty rows an hour apart, three of probation; one window from row 10 to 14.</summary>
public sealed class NabScoreTests
{
    private const long Hour = 3_600_000;

    [Theory]
    [InlineData("", 0)]
    [InlineData("10", 100)]
    // σ(−2/5)/σ(−1): four fifths of the window gone but its last two rows; (0.7616/0.9866 + 1)/2.
    [InlineData("13", 88.6)]
    [InlineData("13 14", 88.6)]
    // Before any window: −0.11 of 2 in all.
    [InlineData("5 10", 94.5)]
    // A quarter of a window's length behind it: 0.11 · σ(1/4).
    [InlineData("10 15", 97.0)]
    [InlineData("2 10", 100)]
    public void The_standard_profile_counts_as_the_paper_says(string alarms, double expected)
    {
        var points = NabScore.Sweep([Of(alarms)]);
        Assert.Equal(expected, NabScore.Normalised(NabScore.At(points, 0.5).Raw, 1), 0.06);
    }

    [Fact]
    public void A_threshold_between_scores_is_the_next_higher_one()
    {
        var series = Of("10") with { Scores = [.. Enumerable.Range(0, 20).Select(i => i == 10 ? 0.9 : i == 5 ? 0.6 : 0.1)] };
        var points = NabScore.Sweep([series]);
        Assert.Equal((0.9, 0), (NabScore.Best(points).Threshold, NabScore.At(points, 0.7).FalseRows));
        Assert.Equal(1, NabScore.At(points, 0.6).FalseRows);
    }

    [Theory]
    // 16 hours of 20 lie outside of probation and window: 0.5 days.
    [InlineData("11", 0.5, 1, 60)]
    [InlineData("5 11", 0.5, 1, 60)]
    [InlineData("5 11", 10, 0, 0)]
    public void An_officer_bears_so_many_false_alarms(string alarms, double days, double caught, double delayMinutes)
    {
        var result = OfficerScore.At([Of(alarms)], days);
        Assert.Equal((caught, delayMinutes), (result.Caught, result.MedianDelay.TotalMinutes));
    }

    [Fact]
    public void A_threshold_has_its_false_alarms_and_events()
    {
        // 12 hours outside of probation and window; two alarms within six hours are one.
        var (result, days) = OfficerScore.AtThreshold([Of("4 6 11")], 0.5);
        Assert.Equal((0.5, 1, 60), (days, result.Caught, result.MedianDelay.TotalMinutes));
        Assert.Equal(double.PositiveInfinity, OfficerScore.AtThreshold([Of("11")], 0.5).Days);
    }

    private static LabelledSeries Of(string alarms)
    {
        var rows = alarms.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToHashSet();
        return new LabelledSeries("a", [.. Enumerable.Range(0, 20).Select(i => i * Hour)], [.. Enumerable.Range(0, 20).Select(i => rows.Contains(i) ? 1.0 : 0.1)], [(10 * Hour, 14 * Hour)]);
    }
}
