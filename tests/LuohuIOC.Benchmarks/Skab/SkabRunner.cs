using System.Globalization;

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
    private const int FitRowsDefault = 400;

    /// <summary>Columns that hold the answer.</summary>
    private static readonly string[] Labels = ["anomaly", "changepoint", "event", "label"];

    /// <summary>Returns the exit code: 0, 1 when a file cannot be judged, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args)
    {
        var rest = args.ToList();
        var pca = rest.Remove("--pca");
        if (rest is not ([_, _] or [_, _, "--fit", _]) || !Directory.Exists(rest[0]))
        {
            Console.Error.WriteLine("usage: skab DIR OUT [--fit ROWS] [--pca]; DIR holds CSVs with a datetime column");
            return 2;
        }
        var fitRows = rest.Count == 4 ? int.Parse(rest[3], CultureInfo.InvariantCulture) : FitRowsDefault;
        var root = Nab.NabRunner.DataFolder(rest[0]);
        var failed = 0;
        foreach (var file in Nab.NabRunner.Files(root))
        {
            var relative = Path.GetRelativePath(root, file);
            if (relative.Contains("anomaly-free", StringComparison.Ordinal)) continue;
            var target = Path.Combine(rest[1], relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Judge(file, target, fitRows, pca) is { } problem)
            {
                Console.Error.WriteLine($"{relative}: {problem}");
                failed++;
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private static string? Judge(string source, string target, int fitRows, bool pca)
    {
        using var rows = File.ReadLines(source).GetEnumerator();
        if (!rows.MoveNext()) return "empty";
        var separator = rows.Current.Contains(';') ? ';' : ',';
        var header = rows.Current.Split(separator).Select(c => c.Trim().Trim('"')).ToArray();
        var time = Array.FindIndex(header, c => c.Equals("datetime", StringComparison.OrdinalIgnoreCase));
        if (time < 0) return "no datetime column";
        var columns = Enumerable.Range(0, header.Length)
            .Where(c => c != time && header[c].Length > 0 && !Labels.Contains(header[c], StringComparer.OrdinalIgnoreCase)).ToArray();

        var names = columns.Select(c => header[c]).ToArray();
        IRowJudge judge = pca ? new PcaRowJudge(names, fitRows) : new ChartRowJudge(names.Length, fitRows);
        using var output = new StreamWriter(target);
        output.WriteLine("datetime,prediction,score");
        var values = new double[columns.Length];
        while (rows.MoveNext())
        {
            if (rows.Current.Length == 0) continue;
            var cells = rows.Current.Split(separator);
            var timeMs = Parse(cells, time, columns, values);
            var (alarm, score) = judge.Judge(timeMs, values);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cells[time]},{(alarm ? 1 : 0)},{score:R}"));
        }
        return judge.Problem;
    }

    private static long Parse(string[] cells, int time, int[] columns, double[] values)
    {
        for (var c = 0; c < columns.Length; c++)
            values[c] = columns[c] < cells.Length && double.TryParse(cells[columns[c]], CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
        return DateTimeOffset.Parse(cells[time].Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
    }
}
