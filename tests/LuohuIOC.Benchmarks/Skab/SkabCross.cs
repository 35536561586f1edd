using System.Globalization;
using LuohuIOC.Benchmarks.Copies;
using LuohuIOC.Benchmarks.Scores;
using LuohuIOC.Detection.Chart;
using LuohuIOC.Sensing.Detectors;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Skab;

/// <summary>
/// <code>-- skab-cross DIR</code>
/// The chart on labelled files of the Skoltech Anomaly Benchmark at every level: at its own, at the best (hopeful), and at the one that the other folders or files choose; then how far the figures
/// would move with other files of the kind. Where DIR holds copies of the benchmark, each of them at the chart's own level.
/// </summary>
public static class SkabCross
{
    /// <summary>The goals of which resampling counts how often they are met at once.</summary>
    private const double F1Goal = 0.85, FalsePercentGoal = 15;

    /// <summary>The goal, and with something left for files that are not these.</summary>
    private static readonly double[] FalsePercentsMax = [FalsePercentGoal, 10];

    private const int Resamples = 2000;

    /// <summary>Returns the exit code: 0, 1 when something cannot be read, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        if (args is not [var folder] || !Directory.Exists(folder))
        {
            errors.WriteLine("usage: skab-cross DIR; DIR holds labelled CSVs of SKAB, or copies of it");
            return 2;
        }
        try
        {
            var copies = CopyFolders.In(folder);
            if (copies.Length > 0) PrintCopies(copies);
            else Print(SkabFile.Load(folder));
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }

    private static RowCount[] Judge(IEnumerable<SkabFile> files, double? alertFrom = null) =>
        [.. files.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(f => f.Labelled.Judge(new ChartOptions(), alertFrom))];

    private static void Print(List<SkabFile> files)
    {
        var own = Judge(files);
        var counts = files.AsParallel().AsOrdered().WithDegreeOfParallelism(2)
            .Select(f => LevelChoice.Levels.Select(level => f.Labelled.Judge(new ChartOptions { AlarmLevel = level })).ToArray()).ToArray();
        var table = NewTable("level of");
        Row(table, $"the chart, {Text(new ChartOptions().AlarmLevel, "0.0")}", RowCount.Sum(own));
        // The host leaves the chart at its own level, which its strain follows, and raises from a higher score.
        var alertFrom = new DetectionOptions().ChartLevel;
        Row(table, $"the host's alerts, score {Text(alertFrom, "0.0")}", RowCount.Sum(Judge(files, alertFrom)));
        Criterion(table, files, counts, "F1", count => count.F1);
        foreach (var most in FalsePercentsMax)
            Criterion(table, files, counts, $"F1 less a hundredth for each % of false alarms over {Text(most, "0")}", count => LevelChoice.F1AndFalseAlarms(count, most));
        AnsiConsole.Write(table);

        var byLevel = NewTable("level");
        for (var level = 0; level < LevelChoice.Levels.Length; level++) Row(byLevel, Text(LevelChoice.Levels[level], "0.0"), RowCount.Sum(counts.Select(c => c[level])));
        AnsiConsole.Write(byLevel);
        Resample(own);
    }

    private static void Criterion(Table table, List<SkabFile> files, RowCount[][] counts, string name, Func<RowCount, double> worth)
    {
        var best = LevelChoice.Best(counts, worth);
        Row(table, $"these files (hopeful), by {name}: {Chosen([best])}", RowCount.Sum(counts.Select(c => c[best])));
        var (byGroup, groupLevels) = LevelChoice.FromOthers([.. files.Select((f, i) => (f.Group, counts[i]))], worth);
        Row(table, $"the other folders, by {name}: {Chosen(groupLevels)}", byGroup);
        var (byFile, fileLevels) = LevelChoice.FromOthers([.. files.Select((f, i) => (f.Labelled.Path, counts[i]))], worth);
        Row(table, $"the other files, by {name}: {Chosen(fileLevels)}", byFile);
    }

    private static void PrintCopies(string[] copies)
    {
        var table = NewTable("copy");
        var counts = new List<RowCount>();
        foreach (var copy in copies)
        {
            counts.Add(RowCount.Sum(Judge(SkabFile.Load(copy))));
            Row(table, Path.GetFileName(copy), counts[^1]);
        }
        Row(table, $"mean of {copies.Length}", counts.Average(c => c.F1), counts.Average(c => c.FalsePercent), counts.Average(c => c.MissedPercent));
        AnsiConsole.Write(table);
    }

    /// <summary>Other sets of as many files, drawn from these with replacement.</summary>
    private static void Resample(RowCount[] files)
    {
        var random = new Random(1);
        var drawn = Enumerable.Range(0, Resamples).Select(_ => RowCount.Sum(files.Select(_ => files[random.Next(files.Length)]))).ToArray();
        var met = drawn.Count(c => c.F1 >= F1Goal && c.FalsePercent <= FalsePercentGoal) * 100.0 / Resamples;
        AnsiConsole.WriteLine($"resampled files, 90 %: F1 {Interval(drawn.Select(c => c.F1), "0.000")}, false alarms {Interval(drawn.Select(c => c.FalsePercent), "0.0")} %; "
            + $"F1 of {Text(F1Goal, "0.00")} and at most {Text(FalsePercentGoal, "0")} % in {Text(met, "0")} of 100");
    }

    private static string Interval(IEnumerable<double> values, string format)
    {
        var sorted = values.Order().ToArray();
        return $"{Text(sorted[sorted.Length / 20], format)} to {Text(sorted[^(sorted.Length / 20)], format)}";
    }

    private static string Chosen(int[] levels)
    {
        var (low, high) = (LevelChoice.Levels[levels.Min()], LevelChoice.Levels[levels.Max()]);
        return low == high ? Text(low, "0.0") : $"{Text(low, "0.0")} to {Text(high, "0.0")}";
    }

    private static Table NewTable(string of) => new Table().Border(TableBorder.Markdown).AddColumns(of, "F1", "false alarms %", "missed %");

    private static void Row(Table table, string name, RowCount count) => Row(table, name, count.F1, count.FalsePercent, count.MissedPercent);

    private static void Row(Table table, string name, double f1, double falsePercent, double missedPercent) =>
        table.AddRow(name, Text(f1, "0.000"), Text(falsePercent, "0.0"), Text(missedPercent, "0.0"));

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
