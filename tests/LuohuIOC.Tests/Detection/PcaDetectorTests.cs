using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class PcaDetectorTests
{
    private const int Ammonia = 4;
    private const int Phosphorus = 5;
    private const int Conductivity = 7;

    /// <summary>Faults held within the range that the metric alone has shown in training, so that no limit on it would tell; several seeded stations.</summary>
    [Theory]
    [InlineData(Ammonia, 0.8)]
    [InlineData(Phosphorus, 0.1)]
    [InlineData(Conductivity, -90)]
    public void Finds_a_metric_that_leaves_the_others_within_its_own_range(int metric, double offset)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var station = new SyntheticStation(seed);
            var history = station.History(30);
            var model = PcaTrainer.Train(history, new PcaOptions(), DateTimeOffset.UnixEpoch).Model!;
            var watch = new Watch(model);
            var (low, high) = RangeOf(history, metric);
            watch.UntilQuiet(station);

            var found = -1;
            var blamed = 0.0;
            for (var i = 0; i < 24 && found < 0; i++)
            {
                if (!watch.Step(station, metric, offset, low, high)) continue;
                found = i;
                blamed = watch.Detector.Contributions[metric];
            }

            Assert.True(found >= 0, $"seed {seed}: not found in six hours, held {watch.Held}, threshold {model.Threshold}");
            Assert.Equal(watch.Detector.Contributions.ToArray().Max(), blamed);
            Assert.Equal(1, watch.Detector.Contributions.ToArray().Sum(), 9);
        }
    }

    [Fact]
    public void A_dead_metric_is_named_and_the_others_are_still_watched()
    {
        var station = new SyntheticStation(3);
        var watch = new Watch(station.Train(30));
        watch.UntilQuiet(station, metric: 1, offset: double.NaN);
        Assert.Equal(1, watch.Detector.Missing);
        Assert.True(watch.Detector.IsMissing(1));
        Assert.InRange(watch.Detector.Expected[1], 6.5, 8);
        Assert.Equal(0, watch.Detector.Contributions[1]);

        var detector = watch.Detector;
        var values = new double[8];
        var above = 0;
        for (var i = 0; i < 24; i++)
        {
            var timeMs = station.Next(values);
            values[1] = double.NaN;
            values[Ammonia] += 1;
            if (detector.Observe(timeMs, values) > detector.Model.Threshold) above++;
        }
        Assert.True(above > 12, $"{above} of 24 above the threshold");
    }

    [Fact]
    public void Without_half_of_its_metrics_it_says_nothing()
    {
        var station = new SyntheticStation(3);
        var detector = new PcaDetector(station.Train(10));
        var values = new double[8];
        for (var i = 0; i < 20; i++)
        {
            var timeMs = station.Next(values);
            values.AsSpan(0, 5).Fill(double.NaN);
            Assert.True(double.IsNaN(detector.Observe(timeMs, values)));
        }
        Assert.Equal(DetectorVerdict.TooFewMetrics, detector.Verdict);
    }

    [Fact]
    public void Warms_up_at_the_start_and_again_after_a_silence()
    {
        var station = new SyntheticStation(4);
        var detector = new PcaDetector(station.Train(10));
        var values = new double[8];
        long timeMs = 0;
        for (var i = 1; i <= 6; i++)
        {
            timeMs = station.Next(values);
            Assert.Equal(i == 6, !double.IsNaN(detector.Observe(timeMs, values)));
        }
        Assert.True(double.IsNaN(detector.Observe(timeMs + detector.Model.GapMs + 1, values)));
        Assert.Equal(DetectorVerdict.WarmingUp, detector.Verdict);
        Assert.Equal(1, detector.WindowFilled);
    }

    [Fact]
    public void Readings_at_irregular_times_are_scored_alike()
    {
        var station = new SyntheticStation(5);
        var watch = new PcaDetector(station.Train(30));
        var random = new Random(5);
        var values = new double[8];
        var above = 0;
        var scored = 0;
        for (var i = 0; i < 400; i++)
        {
            var timeMs = station.Next(values);
            if (random.NextDouble() < 0.3) continue;
            var score = watch.Observe(timeMs + random.Next(0, 600_000), values);
            if (double.IsNaN(score)) continue;
            scored++;
            if (score > watch.Model.Threshold) above++;
        }
        Assert.InRange(scored, 230, 300);
        Assert.True(above <= 6, $"{above} of {scored} above the threshold");
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var station = new SyntheticStation(6);
        var detector = new PcaDetector(station.Train(10));
        var values = new double[8];
        for (var i = 0; i < 10; i++) detector.Observe(station.Next(values), values);
        var timeMs = station.NextMs;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 500; i++)
        {
            values[i % 8] = i % 16 < 8 ? values[i % 8] : double.NaN;
            detector.Observe(timeMs += 900_000, values);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static (double Low, double High) RangeOf(TrainingHistory history, int metric)
    {
        var (low, high) = (double.MaxValue, double.MinValue);
        for (var r = 0; r < history.Rows; r++)
        {
            low = Math.Min(low, history.Row(r)[metric]);
            high = Math.Max(high, history.Row(r)[metric]);
        }
        return (low, high);
    }
}
