using System.Globalization;
using LuohuIOC.Benchmarks.Copies;
using LuohuIOC.Benchmarks.Nab;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Detectors;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Scores;

/// <summary>
/// <code>-- nab-score DIR OUT [--by-site] [--threshold-of DIR OUT]</code>
/// Scores what <c>nab DIR OUT</c> wrote, against DIR/labels/combined_windows.json: the best threshold of all series (hopeful), and for each group the one that the other groups choose (what a
/// threshold is worth where it was not chosen); then what an officer has of it, also by the thresholds from which the host raises alerts. Where DIR holds copies of a benchmark, each of them and all together.
/// </summary>
public static class ScoreRunner
{
    internal static readonly double[] Days = [10, 30, 100];

    /// <summary>Returns the exit code: 0, 1 when something cannot be read, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        var elsewhere = Array.IndexOf(args, "--threshold-of");
        string[] own = [.. (elsewhere < 0 ? args : args[..elsewhere]).Where(a => a != "--by-site")];
        if (own is not [var corpus, var results] || (elsewhere >= 0 && args.Length != elsewhere + 3) || !(File.Exists(LabelledSeries.LabelsOf(corpus)) || CopyFolders.In(corpus).Length > 0))
        {
            errors.WriteLine("usage: nab-score DIR OUT [--by-site] [--threshold-of DIR OUT]; DIR has data/ and labels/combined_windows.json, or copies that do, OUT is what nab wrote");
            return 2;
        }
        try
        {
            var other = elsewhere < 0 ? null : LabelledSeries.Load(args[elsewhere + 1], args[elsewhere + 2]);
            var copies = CopyFolders.In(corpus);
            if (copies.Length > 0)
            {
                // nab has judged them all at once, at their paths below the copies' folder.
                CopyScores.Print([.. copies.Select(c => (Path.GetFileName(c), LabelledSeries.Load(c, Path.Combine(results, Path.GetFileName(c), "data"))))], other);
                return 0;
            }
            var series = LabelledSeries.Load(corpus, results);
            if (series.Count == 0) throw new InvalidDataException($"{corpus}: none of the labels' files is below data");
            Print(series, args.Contains("--by-site"), other);
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }

    private static void Print(List<LabelledSeries> series, bool bySite, List<LabelledSeries>? elsewhere)
    {
        var windows = NabScore.WindowsOf(series);
        var sweep = NabScore.Sweep(series);
        var table = new Table().Border(TableBorder.Markdown).AddColumns("threshold of", "threshold", "standard score", "windows caught", "false rows");
        Row(table, "these series (hopeful)", NabScore.Best(sweep), windows);
        if (elsewhere is not null) Row(table, "the other folder", NabScore.At(sweep, NabScore.Best(NabScore.Sweep(elsewhere)).Threshold), windows);
        var sum = new NabScore.Point(double.NaN, 0, 0, 0);
        foreach (var group in series.GroupBy(s => GroupOf(s.Path, bySite)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var chosen = NabScore.Best(NabScore.Sweep(series.Except(group))).Threshold;
            var point = NabScore.At(NabScore.Sweep(group), chosen) with { Threshold = chosen };
            Row(table, $"all but {group.Key}, on it", point, NabScore.WindowsOf(group));
            sum = new NabScore.Point(double.NaN, sum.Raw + point.Raw, sum.Caught + point.Caught, sum.FalseRows + point.FalseRows);
        }
        Row(table, "the other groups, on each (cross-validated)", sum, windows);
        AnsiConsole.Write(table);

        var officer = new Table().Border(TableBorder.Markdown).AddColumns("one false alarm in", "threshold", "events caught within 24 h", "median delay, min");
        foreach (var days in Days)
        {
            var result = OfficerScore.At(series, days);
            officer.AddRow($"{days} sensor-days", Text(result.Threshold, "0.####"), Text(result.Caught, "0.00"), Text(result.MedianDelay.TotalMinutes, "0"));
        }
        foreach (var nats in KindCatalogue.All.SelectMany(k => NoveltyMetrics.Of(k.Kind)).Select(m => m.Nats).Distinct().Order())
        {
            var (result, days) = OfficerScore.AtThreshold(series, NabRunner.ScoreOf(nats));
            officer.AddRow($"{Text(days, "0")} sensor-days, by the host's {Text(nats, "0.#")} nats", Text(result.Threshold, "0.####"), Text(result.Caught, "0.00"), Text(result.MedianDelay.TotalMinutes, "0"));
        }
        AnsiConsole.Write(officer);
    }

    // logan/FranklinBasin2014_ph.csv >> logan, or by site logan/FranklinBasin2014
    private static string GroupOf(string path, bool bySite) => bySite ? path.Split('_')[0] : path.Split('/')[0];

    private static void Row(Table table, string name, NabScore.Point point, int windows) => table.AddRow(
        name, double.IsNaN(point.Threshold) ? "" : Text(point.Threshold, "0.####"), windows == 0 ? "" : Text(NabScore.Normalised(point.Raw, windows), "0.0"), $"{point.Caught} of {windows}", $"{point.FalseRows}");

    internal static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
