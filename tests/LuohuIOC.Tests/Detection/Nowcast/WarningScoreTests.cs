using LuohuIOC.Detection.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

/// <summary>By hand: threshold 0.15 m, 15 minutes ahead, so a warning is open for 30 minutes.</summary>
public sealed class WarningScoreTests
{
    [Fact]
    public void A_warning_before_the_crossing_is_a_hit_with_its_lead()
    {
        // Forecast at the threshold in minutes 10 and 11: the warning begins at 11, the water comes at 20.
        var score = Judge(now: t => t >= 20 ? 0.2 : 0, forecast: t => t >= 10 ? 0.2 : 0);
        Assert.Equal((1, 0, 0, 9.0), (score.Hits, score.Misses, score.FalseAlarms, score.LeadMedian));
    }

    [Fact]
    public void A_crossing_without_warning_or_with_one_minutes_warning_is_a_miss()
    {
        Assert.Equal((0, 1, 0), Counts(Judge(t => t >= 20 ? 0.2 : 0, _ => 0)));
        Assert.Equal((0, 1, 0), Counts(Judge(t => t >= 20 ? 0.2 : 0, t => t == 15 ? 0.2 : 0)));
    }

    [Fact]
    public void A_forecast_that_cries_for_an_hour_is_several_false_alarms_and_no_long_lead()
    {
        // Warnings at 1, 32 and 63; the water comes at 70.
        var score = Judge(t => t >= 70 ? 0.2 : 0, _ => 0.2);
        Assert.Equal((1, 0, 2, 7.0), (score.Hits, score.Misses, score.FalseAlarms, score.LeadMedian));
    }

    [Fact]
    public void Water_that_trembles_about_the_threshold_crosses_once()
    {
        Assert.Equal((0, 1, 0), Counts(Judge(t => t < 20 ? 0 : t % 2 == 0 ? 0.16 : 0.13, _ => 0)));
        Assert.Equal((0, 2, 0), Counts(Judge(t => t is >= 20 and < 40 or >= 60 ? 0.16 : 0, _ => 0)));
    }

    private static (int, int, int) Counts(WarningScore score) => (score.Hits, score.Misses, score.FalseAlarms);

    private static WarningScore Judge(Func<int, double> now, Func<int, double> forecast)
    {
        var score = new WarningScore();
        score.Add(15, 0.15, [.. Enumerable.Range(0, 90).Select(now)], [.. Enumerable.Range(0, 90).Select(forecast)]);
        return score;
    }
}
