using CsCheck;
using LuohuIOC.Detection.Chart;
using Xunit;
using static LuohuIOC.Tests.Detection.Chart.ChartStation;

namespace LuohuIOC.Tests.Detection.Chart;

public sealed class ChartDetectorTests
{
    [Fact]
    public void A_fault_is_an_alarm_soon_stays_one_and_names_its_metric()
    {
        var rows = Station(1, 2000, faultFrom: 1500);
        var detector = new ChartDetector(Metrics);
        var alarms = new bool[rows.Length];
        for (var r = 0; r < rows.Length; r++)
        {
            detector.Observe(rows[r]);
            alarms[r] = detector.IsAlarm;
        }
        Assert.InRange(alarms[400..1500].Count(a => a), 0, 11);
        Assert.InRange(Array.IndexOf(alarms, true, 1500), 1500, 1530);
        Assert.All(alarms[1530..1800], Assert.True);
        Assert.Equal(2, detector.Contributions.IndexOf(detector.Contributions.ToArray().Max()));
        Assert.Equal(1, detector.Contributions.ToArray().Sum(), 1e-9);
    }

    [Fact]
    public void A_slow_drift_of_everything_is_followed()
    {
        var rows = Station(2, 20_000);
        for (var r = 0; r < rows.Length; r++)
            for (var m = 0; m < Metrics; m++) rows[r][m] += r * 0.002 * (m + 1);
        var detector = new ChartDetector(Metrics);
        Scores(detector, rows[..400]);
        Assert.InRange(rows[400..].Count(r => detector.Observe(r) > new ChartOptions().AlarmLevel), 0, 200);
    }

    [Fact]
    public void A_new_state_that_lasts_is_accepted_in_the_end()
    {
        var rows = Station(8, 20_000, faultFrom: 1000);
        var detector = new ChartDetector(Metrics);
        Scores(detector, rows[..1100]);
        Assert.True(detector.IsAlarm);
        Scores(detector, rows[1100..19_000]);
        Assert.InRange(rows[19_000..].Count(r => detector.Observe(r) > new ChartOptions().AlarmLevel), 0, 10);
    }

    [Fact]
    public void One_dead_metric_is_told_and_hides_no_fault_of_another()
    {
        var rows = Station(3, 2500, faultFrom: 2000);
        for (var r = 700; r < rows.Length; r++) rows[r][4] = 0;
        var detector = new ChartDetector(Metrics);
        Scores(detector, rows[..1900]);
        Assert.True(detector.IsDead(4));
        Assert.False(detector.IsDead(2));
        Assert.False(detector.IsAlarm, $"score {detector.Score}");
        Scores(detector, rows[1900..2100]);
        Assert.True(detector.IsAlarm);
        Assert.Equal(0, detector.Contributions[4]);
    }

    [Fact]
    public void Missing_values_raise_no_alarm_and_a_row_without_any_has_no_score()
    {
        var detector = new ChartDetector(Metrics);
        var scores = Scores(detector, Station(4, 3000, missing: 0.3));
        Assert.InRange(scores.Count(s => s > new ChartOptions().AlarmLevel), 0, 13);
        Assert.True(double.IsNaN(detector.Observe([double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN])));
        Assert.False(detector.IsAlarm);
    }

    [Fact]
    public void Warms_up_aloud_and_does_not_look_ahead()
    {
        var rows = Station(5, 900, faultFrom: 600);
        var detector = new ChartDetector(Metrics);
        Assert.Equal(400, detector.WarmUpLeft);
        Assert.True(double.IsNaN(detector.Observe(rows[0])));
        Assert.Equal(399, detector.WarmUpLeft);
        Assert.Equal(Scores(new(Metrics), rows)[..650], Scores(new(Metrics), rows[..650]));
    }

    [Fact]
    public void A_restored_detector_goes_on_as_the_first_one_would() =>
        Gen.Int[0, 900].Sample(
            cut =>
            {
                var rows = Station(6, 900, faultFrom: 700, missing: 0.02);
                var first = new ChartDetector(Metrics);
                Scores(first, rows[..cut]);
                var second = new ChartDetector(Metrics);
                second.Restore(first.Snapshot());
                return Scores(first, rows[cut..]).SequenceEqual(Scores(second, rows[cut..]));
            },
            iter: 20);

    [Fact]
    public void A_large_fault_of_minutes_is_an_alarm_in_its_first_row_and_over_soon_after_it()
    {
        var rows = Station(9, 6000);
        for (var r = 5000; r < 5020; r++) rows[r][2] += 20;
        var detector = new ChartDetector(Metrics);
        Scores(detector, rows[..5000]);
        detector.Observe(rows[5000]);
        Assert.True(detector.IsAlarm, $"score {detector.Score}");
        Assert.Equal(2, detector.Contributions.IndexOf(detector.Contributions.ToArray().Max()));
        Scores(detector, rows[5001..5060]);
        Assert.InRange(rows[5060..5300].Count(r => detector.Observe(r) > new ChartOptions().AlarmLevel), 0, 2);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(-30, 15)]
    [InlineData(100, 60)]
    public void A_fault_far_beyond_the_noise_is_over_with_the_third_row_after_it(double fault, int faultRows)
    {
        var rows = Station(11, 6000);
        for (var r = 5000; r < 5000 + faultRows; r++) rows[r][2] += fault;
        var level = new ChartOptions().AlarmLevel;
        var detector = new ChartDetector(Metrics);
        Scores(detector, rows[..5000]);
        Assert.All(Scores(detector, rows[5000..(5000 + faultRows)]), score => Assert.True(score > level));
        Scores(detector, rows[(5000 + faultRows)..(5002 + faultRows)]);
        Assert.All(Scores(detector, rows[(5002 + faultRows)..5300]), score => Assert.InRange(score, 0, level));
    }

    /// <summary>The reference has crept after the fault, or the metric does not come back quite to where it was.</summary>
    [Theory]
    [InlineData(600, 0)]
    [InlineData(300, 1)]
    public void A_long_fault_that_is_over_is_an_alarm_to_its_end_and_none_after_it(int faultRows, double left)
    {
        const double Fault = 20;
        var end = 1500 + faultRows;
        var rows = Station(10, 3000, faultFrom: 1500, fault: Fault);
        for (var r = end; r < rows.Length; r++) rows[r][2] -= Fault - left;
        var level = new ChartOptions().AlarmLevel;
        var detector = new ChartDetector(Metrics);
        Scores(detector, rows[..1530]);
        Assert.All(Scores(detector, rows[1530..end]), score => Assert.True(score > level));
        Scores(detector, rows[end..(end + 40)]);
        Assert.InRange(Scores(detector, rows[(end + 40)..]).Count(score => score > level), 0, 5);
    }

    [Fact]
    public void A_metric_that_often_jumps_hides_no_short_fault_of_two_others()
    {
        var random = new Random(11);
        var rows = Station(11, 6000);
        foreach (var row in rows) row[5] += random.Next(12) == 0 ? 60 * random.NextDouble() : 0;
        var detector = new ChartDetector(Metrics);
        var alarms = 0;
        foreach (var row in rows[..5000])
        {
            detector.Observe(row);
            alarms += detector.IsAlarm ? 1 : 0;
        }
        Assert.InRange(alarms, 0, 25);
        rows[5000][1] += 3;
        rows[5000][3] -= 3;
        detector.Observe(rows[5000]);
        Assert.True(detector.IsAlarm, $"score {detector.Score}");
        var shares = detector.Contributions.ToArray();
        Assert.Equal([1, 3], Enumerable.Range(0, Metrics).OrderByDescending(m => shares[m]).Take(2).Order());
    }

    [Fact]
    public void Alarms_that_keep_coming_raise_the_level_when_each_is_over_and_not_before()
    {
        var options = new ChartOptions();
        var strain = new Strain(options);
        for (var r = 0; r < 300; r++) strain.Count(alarm: true);
        Assert.Equal(1, strain.Factor);
        for (var r = 0; r < 21; r++) strain.Count(alarm: false);
        Assert.Equal(Math.Exp(300 / options.AlarmRows), strain.Factor, 0.01);
        for (var r = 0; r < 10 * options.AlarmRows / options.AlarmShare; r++) strain.Count(alarm: false);
        Assert.Equal(1, strain.Factor, 1e-9);
    }

    [Fact]
    public void A_fault_that_lasts_is_one_however_long_it_was()
    {
        var strain = new Strain(new ChartOptions());
        for (var r = 0; r < 5_000; r++) strain.Count(alarm: true);
        for (var r = 0; r < 21; r++) strain.Count(alarm: false);
        Assert.InRange(strain.Factor, 2, Math.E);
    }

    [Fact]
    public void What_no_instrument_measures_is_missing()
    {
        var rows = Station(14, 3000, faultFrom: 2500);
        var without = new ChartDetector(Metrics);
        var with = new ChartDetector(Metrics);
        foreach (var (r, row) in rows.Index())
        {
            var spoilt = (double[])row.Clone();
            if (r % 97 == 5) (row[1], spoilt[1]) = (double.NaN, r % 2 == 0 ? double.MaxValue : -1e37);
            Assert.Equal(without.Observe(row), with.Observe(spoilt));
        }
    }

    [Fact]
    public void Allocates_nothing_a_row_after_the_fit()
    {
        var rows = Station(7, 2000);
        var detector = new ChartDetector(Metrics);
        Scores(detector, rows);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var r = 0; r < rows.Length; r++) detector.Observe(rows[r]);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Written by the program of each version after the first 600 rows of this station.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_snapshot_of_every_version_is_read_and_goes_on(int version)
    {
        var snapshot = File.ReadAllBytes(Repository.PathOf($"tests/LuohuIOC.Tests/Detection/Chart/chart-snapshot-v{version}.bin"));
        Assert.Equal(version, snapshot[0]);
        var rows = Station(6, 900, faultFrom: 700);
        var detector = new ChartDetector(Metrics);
        detector.Restore(snapshot);
        Assert.Equal(0, detector.WarmUpLeft);
        Assert.Equal(0.9615558705079236, detector.Score, 0.1);
        Assert.All(Scores(detector, rows[600..700]), score => Assert.InRange(score, 0, new ChartOptions().AlarmLevel));
        Scores(detector, rows[700..730]);
        Assert.All(rows[730..], row => Assert.True(detector.Observe(row) > new ChartOptions().AlarmLevel));
    }

    [Fact]
    public void The_newest_golden_snapshot_is_what_this_program_writes()
    {
        var detector = new ChartDetector(Metrics);
        Scores(detector, Station(6, 600));
        Assert.Equal(File.ReadAllBytes(Repository.PathOf($"tests/LuohuIOC.Tests/Detection/Chart/chart-snapshot-v{ChartDetector.SnapshotVersion}.bin")), detector.Snapshot());
    }

    [Fact]
    public void A_snapshot_that_does_not_fit_is_refused()
    {
        var snapshot = new ChartDetector(Metrics).Snapshot();
        Assert.Throws<InvalidDataException>(() => new ChartDetector(Metrics + 1).Restore(snapshot));
        Assert.Throws<InvalidDataException>(() => new ChartDetector(Metrics).Restore(snapshot[..5]));
        snapshot[0] = 9;
        Assert.Throws<InvalidDataException>(() => new ChartDetector(Metrics).Restore(snapshot));
    }
}
