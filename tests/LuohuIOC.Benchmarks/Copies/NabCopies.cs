using LuohuIOC.Benchmarks.Scores;

namespace LuohuIOC.Benchmarks.Copies;

/// <summary>Eight changes to a series, each a stand-in for one that nobody has seen. What was labelled stays labelled.</summary>
internal static class NabCopies
{
    /// <summary>Noise in mean steps from row to row.</summary>
    private const double NoiseSteps = 0.5;

    /// <summary>Fewer rows are not worth changing.</summary>
    public const int RowsMin = 20;

    public static readonly (string Name, Func<MetricSeries, MetricSeries> Make)[] Kinds =
    [
        ("noise", Noisy),
        ("every-second", EverySecond),
        ("means-of-two", MeansOfTwo),
        ("first-fifth-cut", FirstFifthCut),
        ("parts-exchanged", PartsExchanged),
        ("reversed", Reversed),
        ("log-scale", LogScale),
        ("half-speed", HalfSpeed),
    ];

    /// <summary>A copy's windows, but those of which less than half lies behind the rows that count for nothing.</summary>
    public static IEnumerable<(int First, int Last)> Scored(MetricSeries copy)
    {
        var probation = LabelledSeries.ProbationOf(copy.Rows);
        return copy.Windows.Where(w => w.Last >= probation + ((w.Last - w.First) / 2));
    }

    private static MetricSeries Noisy(MetricSeries series)
    {
        var random = MadeNoise.For(series.Path);
        var spread = NoiseSteps * series.Values.Zip(series.Values.Skip(1), (a, b) => Math.Abs(b - a)).Where(double.IsFinite).DefaultIfEmpty().Average();
        return series with { Values = [.. series.Values.Select(v => v + (spread * MadeNoise.Gauss(random)))] };
    }

    private static MetricSeries EverySecond(MetricSeries series) => series with
    {
        TimesMs = [.. series.TimesMs.Where((_, row) => row % 2 == 0)],
        Values = [.. series.Values.Where((_, row) => row % 2 == 0)],
        Windows = [.. series.Windows.Select(w => ((w.First + 1) / 2, Math.Max(w.Last / 2, ((w.First + 1) / 2) + 1)))],
    };

    private static MetricSeries MeansOfTwo(MetricSeries series)
    {
        var rows = series.Rows / 2;
        return series with
        {
            TimesMs = [.. Enumerable.Range(0, rows).Select(row => series.TimesMs[(2 * row) + 1])],
            Values = [.. Enumerable.Range(0, rows).Select(row => (series.Values[2 * row] + series.Values[(2 * row) + 1]) / 2)],
            Windows = [.. series.Windows.Select(w => (w.First / 2, Math.Max(Math.Min(w.Last / 2, rows - 1), (w.First / 2) + 1)))],
        };
    }

    private static MetricSeries FirstFifthCut(MetricSeries series)
    {
        var cut = series.Rows / 5;
        return series with
        {
            TimesMs = series.TimesMs[cut..],
            Values = series.Values[cut..],
            Windows = [.. series.Windows.Where(w => w.First >= cut).Select(w => (w.First - cut, w.Last - cut))],
        };
    }

    private static MetricSeries PartsExchanged(MetricSeries series)
    {
        var cut = series.Rows / 2;
        foreach (var (first, last) in series.Windows)
            if (first <= cut && cut <= last) cut = last + 1;
        // The window reaches the end: it goes with the second part.
        if (cut >= series.Rows - 10) cut = series.Windows.First(w => w.Last + 1 >= series.Rows - 10).First;
        var times = series.TimesMs;
        var second = times[cut..].Select(t => t - times[cut] + times[0]).ToArray();
        var start = second[^1] + Math.Max(1, times[1] - times[0]);
        return series with
        {
            TimesMs = [.. second, .. times[..cut].Select(t => start + t - times[0])],
            Values = [.. series.Values[cut..], .. series.Values[..cut]],
            Windows = [.. series.Windows.Where(w => w.First >= cut).Select(w => (w.First - cut, w.Last - cut)),
                .. series.Windows.Where(w => w.Last < cut).Select(w => (w.First + second.Length, w.Last + second.Length))],
        };
    }

    private static MetricSeries Reversed(MetricSeries series) => series with
    {
        TimesMs = [.. series.TimesMs.Reverse().Select(t => series.TimesMs[0] + series.TimesMs[^1] - t)],
        Values = [.. series.Values.Reverse()],
        Windows = [.. series.Windows.Reverse().Select(w => (series.Rows - 1 - w.Last, series.Rows - 1 - w.First))],
    };

    /// <summary>Logarithmic on both sides of what is nearly the least, linear within a spread of it.</summary>
    private static MetricSeries LogScale(MetricSeries series)
    {
        var sorted = series.Values.Where(double.IsFinite).Order().ToArray();
        if (sorted.Length == 0) return series;
        var (low, spread) = (sorted[sorted.Length / 100], Math.Max(sorted[sorted.Length * 9 / 10] - sorted[sorted.Length / 10], 1e-9));
        return series with { Values = [.. series.Values.Select(v => Math.CopySign(Math.Log(1 + (Math.Abs(v - low) / spread)), v - low))] };
    }

    /// <summary>A row between each two, half-way.</summary>
    private static MetricSeries HalfSpeed(MetricSeries series)
    {
        var (times, values) = (new long[(2 * series.Rows) - 1], new double[(2 * series.Rows) - 1]);
        for (var row = 0; row < times.Length; row++)
        {
            var (before, between) = (row / 2, row % 2);
            times[row] = series.TimesMs[0] + (2 * (series.TimesMs[before] - series.TimesMs[0])) + (between * (series.TimesMs[before + between] - series.TimesMs[before]));
            values[row] = (series.Values[before] + series.Values[before + between]) / 2;
        }
        return series with { TimesMs = times, Values = values, Windows = [.. series.Windows.Select(w => (2 * w.First, 2 * w.Last))] };
    }
}
