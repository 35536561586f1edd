using CsCheck;
using LuohuIOC.Detection.Novelty;
using Xunit;

namespace LuohuIOC.Tests.Detection.Novelty;

public sealed class NoveltyDetectorTests
{
    private static double[] Scores(NoveltyDetector detector, double[] values, int from = 0) =>
        [.. values.Select((v, i) => detector.Observe((from + i) * MadeStream.IntervalMs, v))];

    /// <summary>Values as sensors send them: waves, spikes, rounding, runs of the same, missing.</summary>
    private static readonly Gen<double[]> Streams = Gen.Select(Gen.Int[0, 1000], Gen.Double[0, 2], Gen.Int[0, 3]).Select((seed, noise, digits) =>
    {
        var random = new Random(seed);
        return MadeStream.Daily(seed, 700, noise).Select(v => random.Next(100) switch
        {
            0 => double.NaN,
            1 => v + 20,
            2 => 0,
            _ => Math.Round(v, digits),
        }).ToArray();
    });

    [Fact]
    public void The_scores_of_the_first_readings_do_not_depend_on_what_follows() =>
        Gen.Select(Streams, Gen.Int[1, 700]).Sample(
            (values, cut) => Scores(new(), values[..cut]).SequenceEqual(Scores(new(), values)[..cut]), iter: 30);

    [Fact]
    public void A_restored_detector_goes_on_as_the_first_one_would() =>
        Gen.Select(Streams, Gen.Int[0, 700]).Sample(
            (values, cut) =>
            {
                var first = new NoveltyDetector();
                Scores(first, values[..cut]);
                var second = new NoveltyDetector();
                second.Restore(first.Snapshot());
                return Scores(first, values[cut..], cut).SequenceEqual(Scores(second, values[cut..], cut));
            },
            iter: 30);

    [Fact]
    public void Unit_and_offset_of_a_stream_do_not_matter()
    {
        // Powers of two change no digit of a float, so the scores are the same but for the noise of the logarithm.
        var values = MadeStream.Daily(3, 3000);
        values[2500] += 15;
        var plain = Scores(new(), values);
        var scaled = Scores(new(), [.. values.Select(v => v * 1024)]);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i], scaled[i], 1e-3);
    }

    [Theory]
    [InlineData("spike")]
    [InlineData("step")]
    [InlineData("stuck at zero")]
    [InlineData("noise")]
    public void A_fault_after_quiet_days_is_an_alarm_at_once(string fault)
    {
        var values = MadeStream.Daily(11, 3000);
        var random = new Random(5);
        for (var i = 2600; i < 3000; i++)
        {
            values[i] = fault switch
            {
                "spike" => i == 2600 ? values[i] + 12 : values[i],
                "step" => values[i] + 12,
                "stuck at zero" => 0,
                _ => values[i] + 8 * (random.NextDouble() - 0.5),
            };
        }
        var detector = new NoveltyDetector();
        Scores(detector, values[..2600]);
        var alarms = 0;
        var soon = fault == "noise" ? 12 : 1;
        for (var i = 2600; i < 2600 + soon; i++)
        {
            detector.Observe(i * MadeStream.IntervalMs, values[i]);
            if (detector.IsAlarm) alarms++;
        }
        Assert.InRange(alarms, 1, 4);
    }

    [Fact]
    public void An_ordinary_month_has_few_alarms_and_one_event_is_one_alarm()
    {
        var values = MadeStream.Daily(17, 288 * 40);
        for (var i = 288 * 35; i < 288 * 35 + 60; i++) values[i] += 20;
        var detector = new NoveltyDetector();
        var alarms = new List<int>();
        for (var i = 0; i < values.Length; i++)
        {
            detector.Observe(i * MadeStream.IntervalMs, values[i]);
            if (detector.IsAlarm) alarms.Add(i);
        }
        Assert.InRange(alarms.Count(i => i is > 750 and < 288 * 35), 0, 4);
        Assert.Contains(288 * 35, alarms);
        Assert.InRange(alarms.Count(i => i is >= 288 * 35 and < 288 * 36), 1, 2);
    }

    [Fact]
    public void Says_aloud_that_it_is_warming_up_or_that_a_value_is_missing()
    {
        var detector = new NoveltyDetector();
        var values = MadeStream.Daily(1, 200);
        Assert.Equal(0, detector.Observe(0, values[0]));
        Assert.Equal(NoveltyVerdict.WarmingUp, detector.Verdict);
        var left = detector.WarmUpLeft;
        Assert.InRange(left, 60, 80);
        for (var i = 1; i <= left; i++) detector.Observe(i * MadeStream.IntervalMs, values[i]);
        Assert.Equal(NoveltyVerdict.Scored, detector.Verdict);
        Assert.Equal(0, detector.WarmUpLeft);
        detector.Observe((left + 1) * MadeStream.IntervalMs, double.NaN);
        Assert.Equal(NoveltyVerdict.Missing, detector.Verdict);
        Assert.Equal(0, detector.Score);
    }

    /// <summary>A dry outfall: the first drop is no fault, and what comes after is judged as in any other stream.</summary>
    [Fact]
    public void A_stream_that_has_never_changed_is_warming_up_and_is_judged_as_any_other_afterwards()
    {
        const int Dry = 600;
        var detector = new NoveltyDetector();
        Scores(detector, new double[Dry]);
        Assert.Equal(NoveltyVerdict.WarmingUp, detector.Verdict);
        Assert.InRange(detector.WarmUpLeft, 1, 70);

        var values = MadeStream.Daily(19, 3000).Select(v => Math.Round(v, 3)).ToArray();
        values[2600] += 12;
        var after = Scores(detector, values, Dry);
        Assert.Equal(0, after[0]);
        var never = Scores(new(), values);
        var alarm = new NoveltyOptions().AlarmNats;
        Assert.InRange(after[..2600].Count(s => s >= alarm), 0, never[..2600].Count(s => s >= alarm) + 3);
        Assert.True(after[2600] >= alarm, $"{after[2600]} nats");
    }

    [Fact]
    public void What_no_instrument_measures_is_missing()
    {
        var values = MadeStream.Daily(29, 1500);
        values[1200] += 12;
        double[] spoilt = [.. values.Select((v, i) => i % 83 == 7 ? i % 2 == 0 ? double.MaxValue : -1e37 : v)];
        double[] missing = [.. values.Select((v, i) => i % 83 == 7 ? double.NaN : v)];
        Assert.Equal(Scores(new(), missing), Scores(new(), spoilt));
    }

    [Fact]
    public void A_step_across_a_long_silence_is_no_step()
    {
        var values = MadeStream.Daily(23, 2000);
        var detector = new NoveltyDetector();
        Scores(detector, values);
        detector.Observe(2000 * MadeStream.IntervalMs + (long)TimeSpan.FromDays(5).TotalMilliseconds, values[288] + 2);
        Assert.Equal(0, detector.ByView[(int)NoveltyView.Step]);
        Assert.Equal(0, detector.ByView[(int)NoveltyView.Shape]);
    }

    [Fact]
    public void Takes_any_numbers_and_times_that_go_back() =>
        Gen.Select(Gen.Double.Array[1, 300], Gen.Long[-1_000_000_000_000, 1_000_000_000_000].Array[1, 300]).Sample((values, times) =>
        {
            var detector = new NoveltyDetector();
            for (var i = 0; i < Math.Min(values.Length, times.Length); i++)
            {
                var score = detector.Observe(times[i], values[i]);
                if (!double.IsFinite(score) || score < 0) return false;
            }
            return true;
        });

    /// <summary>A day's wave with hardly any noise, and on it, a day apart, jumps and fronts of many heights and lengths that fall as slowly.</summary>
    private static double[] SmoothWithEvents(int seed)
    {
        var random = new Random(seed);
        var values = MadeStream.Daily(seed, 6000, noise: 0.02);
        for (var at = 1000; at + 200 < values.Length; at += 288)
        {
            var (height, climb) = (1 + 8 * random.NextDouble(), 1 + random.Next(2) * random.Next(5, 40));
            for (var i = 0; i < 200; i++) values[at + i] += height * Math.Min(1, (i + 1.0) / climb) * Math.Min(1, (200.0 - i) / 100);
        }
        return values;
    }

    /// <summary>Evidence without and with the step's say, and whether the usual day had the last word.</summary>
    private static List<(double Before, double Now, double Step, bool ByDay)> WithAndWithoutStep(double[] values)
    {
        var (before, now) = (new NoveltyDetector(new NoveltyOptions { StepShare = 0 }), new NoveltyDetector());
        var all = new List<(double, double, double, bool)>();
        for (var i = 0; i < values.Length; i++)
        {
            before.Observe(i * MadeStream.IntervalMs, values[i]);
            now.Observe(i * MadeStream.IntervalMs, values[i]);
            var v = now.ByView;
            var committees = Math.Max((v[0] + v[1] + v[2]) / 3, (v[0] + v[3] + v[4] + v[5]) / 4);
            all.Add((before.Evidence, now.Evidence, v[(int)NoveltyView.LocalStep], new NoveltyOptions().DayWeight * v[(int)NoveltyView.Day] > committees));
        }
        return all;
    }

    [Fact]
    public void The_step_orders_what_is_above_an_alarms_level_in_a_smooth_stream_and_moves_nothing_across_it()
    {
        var alarm = new NoveltyOptions().AlarmNats;
        var all = Enumerable.Range(1, 4).SelectMany(seed => WithAndWithoutStep(SmoothWithEvents(seed))).ToList();
        Assert.All(all, r => Assert.Equal(r.Before > alarm, r.Now > alarm));
        Assert.All(all.Where(r => r.Before <= alarm || r.ByDay), r => Assert.Equal(r.Before, r.Now));
        var above = all.Where(r => r.Before > alarm && !r.ByDay).ToList();
        Assert.All(above, r => Assert.True(r.Step > r.Before ? r.Now > r.Before : r.Now <= r.Before, $"{r}"));
        Assert.Contains(above, r => r.Now > r.Before + 0.5);
        Assert.Contains(above, r => r.Now < r.Before - 0.5);
    }

    [Fact]
    public void The_step_has_no_say_in_a_rough_stream_nor_where_the_usual_day_speaks()
    {
        var rough = MadeStream.Daily(43, 6000, noise: 8);
        for (var i = 1500; i < rough.Length; i += 400) rough[i] += 40;
        var alarm = new NoveltyOptions().AlarmNats;
        var all = WithAndWithoutStep(rough);
        Assert.Contains(all, r => r.Before > alarm + 1);
        Assert.All(all, r => Assert.Equal(r.Before, r.Now));

        // The tide stays out, not at once.
        var tide = MadeStream.Daily(47, 288 * 20, noise: 0.02);
        for (var i = 0; i < 288; i++) tide[288 * 18 + i] = 10 + (tide[288 * 18 + i] - 10) * Math.Max(0, 1 - i / 50.0);
        var missed = WithAndWithoutStep(tide)[(288 * 18)..];
        Assert.Contains(missed, r => r.ByDay && r.Before > alarm);
        Assert.All(missed.Where(r => r.ByDay), r => Assert.Equal(r.Before, r.Now));
    }

    [Fact]
    public void Allocates_nothing_a_reading_and_keeps_within_its_memory()
    {
        var detector = new NoveltyDetector();
        var values = MadeStream.Daily(31, 4000, noise: 5);
        Scores(detector, values);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < values.Length; i++) detector.Observe((4000 + i) * MadeStream.IntervalMs, values[i]);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.InRange(detector.Snapshot().Length, 1, 40 * 1024);
    }

    [Fact]
    public void A_snapshot_from_before_the_usual_day_goes_on_and_learns_the_days_anew()
    {
        var values = MadeStream.Daily(41, 1200);
        var options = new NoveltyOptions { DayWeight = 0 };
        var first = new NoveltyDetector(options);
        Scores(first, values[..800]);
        byte[] older = [1, .. first.Snapshot()[1..]];
        var second = new NoveltyDetector(options);
        second.Restore(older);
        Assert.Equal(Scores(first, values[800..], 800), Scores(second, values[800..], 800));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public void A_damaged_snapshot_is_refused(int length)
    {
        var detector = new NoveltyDetector();
        Scores(detector, MadeStream.Daily(1, 300));
        Assert.Throws<InvalidDataException>(() => new NoveltyDetector().Restore(detector.Snapshot()[..length]));
    }

    [Fact]
    public void A_snapshot_of_another_version_or_size_is_refused()
    {
        var snapshot = new NoveltyDetector().Snapshot();
        Assert.Throws<InvalidDataException>(() => new NoveltyDetector(new NoveltyOptions { Prototypes = 128 }).Restore(snapshot));
        snapshot[0] = 99;
        Assert.Throws<InvalidDataException>(() => new NoveltyDetector().Restore(snapshot));
    }
}
