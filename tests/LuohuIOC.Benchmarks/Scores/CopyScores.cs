using Spectre.Console;

namespace LuohuIOC.Benchmarks.Scores;

/// <summary>The table of a benchmark's copies: each, all series of all copies under one threshold, and the mean of what an officer has of each.</summary>
internal static class CopyScores
{
    /// <param name="copies">By name.</param>
    /// <param name="elsewhere">Series whose best threshold is tried too, or null.</param>
    public static void Print(IReadOnlyList<(string Name, List<LabelledSeries> Series)> copies, List<LabelledSeries>? elsewhere)
    {
        double? threshold = elsewhere is null ? null : NabScore.Best(NabScore.Sweep(elsewhere)).Threshold;
        var table = new Table().Border(TableBorder.Markdown).AddColumns("copy", "standard score, own threshold", "the other folder's threshold");
        foreach (var days in ScoreRunner.Days) table.AddColumn($"caught, one false alarm in {days} sensor-days");
        var caught = copies.Select(c => ScoreRunner.Days.Select(days => OfficerScore.At(c.Series, days).Caught).ToArray()).ToArray();
        for (var i = 0; i < copies.Count; i++) Row(table, copies[i].Name, copies[i].Series, threshold, caught[i]);
        // The same path in two copies is two series.
        var all = copies.SelectMany(c => c.Series.Select(s => s with { Path = $"{c.Name}/{s.Path}" })).ToList();
        Row(table, $"all {copies.Count}; mean caught", all, threshold, [.. ScoreRunner.Days.Select((_, d) => caught.Average(c => c[d]))]);
        AnsiConsole.Write(table);
    }

    private static void Row(Table table, string name, List<LabelledSeries> series, double? threshold, double[] caught)
    {
        var (sweep, windows) = (NabScore.Sweep(series), NabScore.WindowsOf(series));
        table.AddRow([
            name,
            ScoreRunner.Text(NabScore.Normalised(NabScore.Best(sweep).Raw, windows), "0.0"),
            threshold is { } t ? ScoreRunner.Text(NabScore.Normalised(NabScore.At(sweep, t).Raw, windows), "0.0") : "",
            .. caught.Select(c => ScoreRunner.Text(c, "0.00"))]);
    }
}
