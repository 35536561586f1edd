using CsCheck;
using LuohuIOC.Detection.Chart;
using Xunit;
using static LuohuIOC.Tests.Detection.Chart.ChartStation;

namespace LuohuIOC.Tests.Detection.Chart;

/// <summary>Metrics that a chart's first rows do not show.</summary>
public sealed class LateMetricTests
{
    /// <summary>A dry pipe's level, or a probe that is installed later, or one whose values come seldom: nothing in the first rows says how it scatters.</summary>
    [Theory]
    [InlineData("constant")]
    [InlineData("missing")]
    [InlineData("seldom")]
    public void A_metric_that_the_first_rows_do_not_show_raises_no_alarm_and_is_watched_later(string how)
    {
        var rows = Station(12, 7000, faultFrom: 6500, fault: 6);
        for (var r = 0; r < rows.Length; r++)
        {
            if (how == "constant" && r < 1000) rows[r][2] = 0;
            if (how == "missing" && r < 1000 || how == "seldom" && r % 8 != 0) rows[r][2] = double.NaN;
        }
        var detector = new ChartDetector(Metrics);
        Assert.InRange(Scores(detector, rows[..6500]).Count(s => s > new ChartOptions().AlarmLevel), 0, 65);
        var alarms = 0;
        foreach (var row in rows[6500..6900])
        {
            detector.Observe(row);
            if (detector.IsAlarm && detector.Contributions.IndexOf(detector.Contributions.ToArray().Max()) == 2) alarms++;
        }
        Assert.True(alarms > 20, $"{alarms} of 400 rows");
    }

    [Fact]
    public void A_metric_that_a_station_does_not_have_changes_nothing_for_the_others()
    {
        var rows = Station(14, 2500, faultFrom: 2000);
        // All wander, so that it counts whether those that are not there are taken for steady ones.
        for (var r = 0; r < rows.Length; r++)
            for (var m = 0; m < Metrics; m++) rows[r][m] += 4 * Math.Sin((r / 60.0) + m);
        var wider = rows.Select(r => (double[])[.. r, double.NaN, double.NaN]).ToArray();
        var (these, those) = (Scores(new ChartDetector(Metrics), rows), Scores(new ChartDetector(Metrics + 2), wider));
        foreach (var (one, other) in these.Zip(those)) Assert.Equal(one, other, 1e-9);
    }

    [Fact]
    public void A_restored_detector_goes_on_learning_a_metric_that_the_first_rows_do_not_show() =>
        Gen.Int[400, 1400].Sample(
            cut =>
            {
                var rows = Station(13, 1500, faultFrom: 1200);
                for (var r = 0; r < rows.Length; r++)
                {
                    if (r < 500) rows[r][2] = 7;
                    if (r % 2 == 0 || r < 600) rows[r][4] = double.NaN;
                }
                var first = new ChartDetector(Metrics);
                Scores(first, rows[..cut]);
                var second = new ChartDetector(Metrics);
                second.Restore(first.Snapshot());
                return Scores(first, rows[cut..]).SequenceEqual(Scores(second, rows[cut..]));
            },
            iter: 20);
}
