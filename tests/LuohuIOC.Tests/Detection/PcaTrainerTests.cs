using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class PcaTrainerTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Too_few_readings_train_nothing_and_the_shortage_says_how_many()
    {
        var result = PcaTrainer.Train(new SyntheticStation(1).History(3), new PcaOptions(), Now);
        Assert.Null(result.Model);
        Assert.Equal(new TrainingShortage(ShortageReason.Readings, 288, 500), result.Shortage);
    }

    [Fact]
    public void Many_readings_in_a_short_time_train_nothing()
    {
        var result = PcaTrainer.Train(new SyntheticStation(1, intervalMinutes: 1).History(1), new PcaOptions(), Now);
        Assert.Null(result.Model);
        Assert.Equal(ShortageReason.Hours, result.Shortage!.Reason);
        Assert.Equal(1439 / 60.0, result.Shortage.Have, 3);
    }

    [Fact]
    public void Values_that_never_change_train_nothing()
    {
        var history = new TrainingHistory(["level", "flow"]);
        for (var i = 0; i < 600; i++) history.Add(i * 300_000L, [0, 0]);
        Assert.Equal(ShortageReason.LiveMetrics, PcaTrainer.Train(history, new PcaOptions(), Now).Shortage!.Reason);
    }

    [Fact]
    public void Readings_that_never_make_a_window_train_nothing()
    {
        var history = new TrainingHistory(["level", "flow"]);
        var random = new Random(3);
        for (long i = 0, timeMs = 0; i < 600; i++, timeMs += i % 4 == 0 ? 36_000_000 : 300_000) history.Add(timeMs, [random.NextDouble(), random.NextDouble()]);
        var shortage = PcaTrainer.Train(history, new PcaOptions(), Now).Shortage!;
        Assert.Equal(ShortageReason.LiveMetrics, shortage.Reason);
    }

    [Fact]
    public void A_metric_that_is_dead_or_constant_in_training_is_left_out_by_name()
    {
        var station = new SyntheticStation(8);
        var history = new TrainingHistory(SyntheticStation.Metrics);
        var values = new double[8];
        for (var i = 0; i < 1400; i++)
        {
            var timeMs = station.Next(values);
            values[1] = double.NaN;
            values[5] = 0.02;
            history.Add(timeMs, values);
        }
        var model = PcaTrainer.Train(history, new PcaOptions(), Now).Model!;
        Assert.Equal(["ph", "total_phosphorus"], model.Excluded);
        Assert.Equal(6, model.Metrics.Length);
    }

    [Fact]
    public void The_same_history_gives_the_same_file() =>
        Assert.Equal(PcaModelFile.Write(new SyntheticStation(9).Train(10)), PcaModelFile.Write(new SyntheticStation(9).Train(10)));

    [Fact]
    public void Clean_stations_alarm_no_oftener_than_the_budget()
    {
        // Twelve stations, two weeks to learn from and ten days to watch each: at one alarm in ten days, twelve are allowed.
        var alarms = Enumerable.Range(1, 12).Select(seed =>
        {
            var station = new SyntheticStation(seed);
            return new Watch(station.Train(14)).AlarmsOver(station, days: 10);
        }).ToArray();
        Assert.True(alarms.Sum() <= 12, $"alarms by seed: {string.Join(' ', alarms)}");
    }

    [Fact]
    public void A_larger_budget_gives_a_lower_threshold()
    {
        var strict = new SyntheticStation(3).Train(21, new PcaOptions { AlarmsPerDay = 0.05 });
        var loose = new SyntheticStation(3).Train(21, new PcaOptions { AlarmsPerDay = 1 });
        Assert.True(loose.Threshold < strict.Threshold, $"{loose.Threshold} {strict.Threshold}");
    }

    [Fact]
    public void Readings_closer_than_the_sampling_time_are_passed_over()
    {
        var station = new SyntheticStation(2, intervalMinutes: 1);
        var model = PcaTrainer.Train(station.History(2), new PcaOptions { SampleMin = TimeSpan.FromMinutes(3), ReadingsMin = 300 }, Now).Model!;
        Assert.Equal(180_000, model.IntervalMs);
        Assert.InRange(model.Rows, 940, 960);
    }
}
