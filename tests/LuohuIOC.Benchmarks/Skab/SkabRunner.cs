using System.Globalization;
using LuohuIOC.Benchmarks.Csv;
using LuohuIOC.Detection.Chart;

namespace LuohuIOC.Benchmarks.Skab;

/// <summary>
/// Runs a station's detector over the Skoltech Anomaly Benchmark and files of its kind, for measuring only: the first rows of each
/// file are for fitting, every later row is judged when it is read, with the same parameters for all files.
/// <code>-- skab DIR OUT [--fit ROWS] [--pca]</code>
/// writes for each CSV under DIR one with <c>datetime,prediction,score</c> (prediction 0 or 1) at the same relative path under OUT.
/// <c>--pca</c> takes the trained model of ML.NET instead of the chart.
/// </summary>
public static class SkabRunner
{
    internal const int FitRowsDefault = 400;

    /// <summary>Fewer rows say nothing of a metric; more are no start but a file, and the chart keeps them all until it is fitted.</summary>
    private const int FitRowsMin = 8, FitRowsMax = 1_000_000;

    /// <summary>Returns the exit code: 0, 1 when a file cannot be judged, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        var rest = args.ToList();
        var pca = rest.Remove("--pca");
        if (rest is not ([_, _] or [_, _, "--fit", _]) || !Directory.Exists(rest[0]))
        {
            errors.WriteLine("usage: skab DIR OUT [--fit ROWS] [--pca]; DIR holds CSVs with a datetime column");
            return 2;
        }
        var fitRows = FitRowsDefault;
        if (rest.Count == 4 && !(int.TryParse(rest[3], NumberStyles.None, CultureInfo.InvariantCulture, out fitRows) && fitRows is >= FitRowsMin and <= FitRowsMax))
        {
            errors.WriteLine($"usage: skab DIR OUT [--fit ROWS] [--pca]; ROWS is a whole number from {FitRowsMin} to {FitRowsMax}, not {rest[3]}");
            return 2;
        }
        return CsvFolder.Run(
            rest[0], rest[1], (table, output, say) => Judge(table, output, say, fitRows, pca), errors,
            skipped: SkabFile.IsUnlabelled);
    }

    private static string? Judge(CsvTable table, TextWriter output, Action<string> say, int fitRows, bool pca)
    {
        var (time, columns) = SkabFile.Columns(table);
        if (!pca && columns.Length > ChartDetector.MetricsMax)
        {
            say($"{columns.Length} metrics, the first {ChartDetector.MetricsMax} are judged");
            columns = columns[..ChartDetector.MetricsMax];
        }
        IRowJudge judge = pca ? new PcaRowJudge([.. columns.Select(c => table.Header[c])], fitRows) : new ChartRowJudge(columns.Length, fitRows);
        output.WriteLine("datetime,prediction,score");
        var clock = new RowClock();
        var values = new double[columns.Length];
        foreach (var cells in table.Rows())
        {
            for (var c = 0; c < columns.Length; c++) values[c] = table.Number(cells, columns[c]);
            var at = CsvTable.Cell(cells, time);
            var (alarm, score) = judge.Judge(clock.Read(at, table.Line), values);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CsvTable.Quoted(at)},{(alarm ? 1 : 0)},{score:R}"));
        }
        if (clock.Problem is { } times) say(times);
        if (clock.Descents(judge.OfDescents) is { } descents) say(descents);
        return judge.Problem;
    }
}
