using LuohuIOC.Benchmarks.Skab;

namespace LuohuIOC.Benchmarks.Copies;

/// <summary>Changes to a station's file, each a stand-in for one that nobody has seen. Labels stay at their rows.</summary>
internal static class SkabCopies
{
    /// <summary>In spreads of the rows for fitting: noise, and how far a channel drifts until the end.</summary>
    private const double NoiseSpreads = 0.5, DriftSpreads = 3;

    private const int RowsCut = 100;

    private const double MissingShare = 0.1;

    /// <summary>Four kinds, and one for each channel: without it.</summary>
    public static IEnumerable<(string Name, Func<SkabFile, SkabFile> Make)> Kinds(int channels) =>
    [
        ("noise", Noisy),
        ("drift", Drifting),
        ("first-100-cut", Cut),
        ("tenth-missing", Missing),
        .. Enumerable.Range(0, channels).Select(c => ($"without-{c + 1}", (Func<SkabFile, SkabFile>)(file => Without(file, c)))),
    ];

    private static SkabFile Noisy(SkabFile file)
    {
        var (random, spreads) = (MadeNoise.For(file.Labelled.Path), Spreads(file));
        return Changed(file, (_, values) => [.. values.Select((v, c) => v + (NoiseSpreads * spreads[c] * MadeNoise.Gauss(random)))]);
    }

    /// <summary>Up in one channel, down in the next.</summary>
    private static SkabFile Drifting(SkabFile file)
    {
        var spreads = Spreads(file);
        return Changed(file, (row, values) => [.. values.Select((v, c) => v + ((c % 2 == 0 ? 1 : -1) * DriftSpreads * spreads[c] * row / file.Times.Length))]);
    }

    private static SkabFile Cut(SkabFile file) => file with
    {
        Times = file.Times[RowsCut..],
        Labelled = file.Labelled with { Rows = file.Labelled.Rows[RowsCut..], Labels = file.Labelled.Labels[RowsCut..] },
    };

    private static SkabFile Missing(SkabFile file)
    {
        var random = MadeNoise.For(file.Labelled.Path);
        return Changed(file, (_, values) => [.. values.Select(v => random.NextDouble() < MissingShare ? double.NaN : v)]);
    }

    private static SkabFile Without(SkabFile file, int channel) =>
        Changed(file, (_, values) => [.. values.Where((_, c) => c != channel)]) with { Metrics = [.. file.Metrics.Where((_, c) => c != channel)] };

    private static SkabFile Changed(SkabFile file, Func<int, double[], double[]> change) =>
        file with { Labelled = file.Labelled with { Rows = [.. file.Labelled.Rows.Select((values, row) => change(row, values))] } };

    private static double[] Spreads(SkabFile file) => [.. Enumerable.Range(0, file.Metrics.Length).Select(c =>
    {
        var values = file.Labelled.Rows.Take(SkabRunner.FitRowsDefault).Select(r => r[c]).Where(double.IsFinite).DefaultIfEmpty().ToArray();
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    })];
}
