using System.Globalization;
using LuohuIOC.Benchmarks.Csv;

namespace LuohuIOC.Benchmarks.Nab;

/// <summary>
/// Runs the detector of single metrics over CSVs with <c>timestamp,value</c>, as the Numenta Anomaly Benchmark has them: one row at a
/// time, a new detector for each file, the same parameters for all.
/// <code>-- nab DIR OUT</code>
/// writes for each CSV under DIR one with <c>timestamp,value,anomaly_score</c> at the same relative path under OUT. A row without a usable
/// value is missing and scores 0.
/// <code>-- nab-prefix DIR</code>
/// proves that nothing looks ahead: of each file, the scores of its first rows alone are those of the whole file's first rows.
/// </summary>
public static class NabRunner
{
    // Nats grow without bound, the benchmark wants 0 to 1: strictly rising, 3.9 nats are 0.386.
    private const double NatsScale = 8;

    /// <summary>The score that is written for so many nats.</summary>
    internal static double ScoreOf(double nats) => 1 - Math.Exp(-nats / NatsScale);

    /// <summary>Returns the exit code: 0, 1 when a file cannot be read, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        if (args is [var given, var output] && Directory.Exists(given)) return CsvFolder.Run(given, output, Judge, errors);
        errors.WriteLine("usage: nab DIR OUT; DIR holds CSVs with the columns timestamp and value");
        return 2;
    }

    public static int Prefix(string[] args, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        if (args is not [var given] || !Directory.Exists(given))
        {
            errors.WriteLine("usage: nab-prefix DIR");
            return 2;
        }
        var failed = 0;
        var files = 0;
        foreach (var file in CsvFolder.Files(CsvFolder.RootOf(given)))
        {
            try
            {
                foreach (var cut in ChangedCuts(File.ReadAllLines(file)))
                {
                    errors.WriteLine($"{file}: the scores of the first {cut} rows change with what follows");
                    failed++;
                }
                files++;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                errors.WriteLine($"{file}: {e.Message}");
                failed++;
            }
        }
        Console.WriteLine($"{files} files, three cuts each: {failed} differences");
        return failed == 0 ? 0 : 1;
    }

    private static IEnumerable<int> ChangedCuts(string[] lines)
    {
        var whole = Scores(lines);
        foreach (var cut in new[] { lines.Length / 7, lines.Length / 2, lines.Length - 2 })
        {
            if (cut < 1) continue;
            var first = Scores(lines.Take(cut + 1));
            if (!first.SequenceEqual(whole.Take(first.Length))) yield return cut;
        }
    }

    private static string? Judge(CsvTable table, TextWriter output, Action<string> say)
    {
        output.WriteLine("timestamp,value,anomaly_score");
        var clock = new RowClock();
        var (rows, missing) = (0, 0);
        foreach (var row in NabRow.Read(table, clock))
        {
            rows++;
            if (!double.IsFinite(row.Value)) missing++;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CsvTable.Quoted(row.Time)},{CsvTable.Quoted(row.Text)},{ScoreOf(row.Score):R}"));
        }
        if (clock.Problem is { } times) say(times);
        if (clock.Descents("each counts as at the latest time above it, and where no time passes hardly a row is news: sort the file by time") is { } descents) say(descents);
        return rows > 0 && missing == rows ? $"none of {rows} rows has a number as its value" : null;
    }

    private static (string, string, double)[] Scores(IEnumerable<string> lines)
    {
        using var table = new CsvTable(lines);
        table.ReadHeader();
        return [.. NabRow.Read(table, new RowClock()).Select(r => (r.Time, r.Text, r.Score))];
    }
}
