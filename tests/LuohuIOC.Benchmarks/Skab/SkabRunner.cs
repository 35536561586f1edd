using System.Globalization;
using LuohuIOC.Detection;

namespace LuohuIOC.Benchmarks.Skab;

/// <summary>
/// Runs the stations' detector over the Skoltech Anomaly Benchmark, for measuring only: the first rows of each file train its model,
/// every later row is judged when it is read, with the same parameters for all files.
/// <code>-- skab DIR OUT [--fit ROWS]</code>
/// writes for each CSV under DIR one with <c>datetime,prediction</c> (0 or 1) at the same relative path under OUT.
/// </summary>
public static class SkabRunner
{
    private const int FitRowsDefault = 400;

    // One row a second: the window is half a minute, the budget one false alarm an hour.
    private static PcaOptions Options => new()
    {
        WindowReadings = 30,
        SampleMin = TimeSpan.Zero,
        ReadingsMin = 100,
        SpanMin = TimeSpan.Zero,
        AlarmsPerDay = 24,
    };

    /// <summary>Returns the exit code: 0, 1 when a file cannot be judged, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args)
    {
        if (args is not ([_, _] or [_, _, "--fit", _]) || !Directory.Exists(args[0]))
        {
            Console.Error.WriteLine("usage: skab DIR OUT [--fit ROWS]; DIR holds CSVs with a datetime column");
            return 2;
        }
        var fitRows = args.Length == 4 ? int.Parse(args[3], CultureInfo.InvariantCulture) : FitRowsDefault;
        var failed = 0;
        foreach (var file in Directory.EnumerateFiles(args[0], "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(args[0], file);
            if (relative.Contains("anomaly-free", StringComparison.Ordinal)) continue;
            var target = Path.Combine(args[1], relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Judge(file, target, fitRows) is { } problem)
            {
                Console.Error.WriteLine($"{relative}: {problem}");
                failed++;
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private static string? Judge(string source, string target, int fitRows)
    {
        using var rows = File.ReadLines(source).GetEnumerator();
        if (!rows.MoveNext()) return "empty";
        var separator = rows.Current.Contains(';') ? ';' : ',';
        var header = rows.Current.Split(separator);
        var time = Array.IndexOf(header, "datetime");
        var columns = Enumerable.Range(0, header.Length).Where(c => header[c] is not ("datetime" or "anomaly" or "changepoint")).ToArray();
        if (time < 0) return "no datetime column";

        using var output = new StreamWriter(target);
        output.WriteLine("datetime,prediction");
        var history = new TrainingHistory([.. columns.Select(c => header[c])]);
        var values = new double[columns.Length];
        while (history.Rows < fitRows && rows.MoveNext())
        {
            var cells = rows.Current.Split(separator);
            history.Add(Parse(cells, time, columns, values), values);
            output.WriteLine($"{cells[time]},0");
        }
        var result = PcaTrainer.Train(history, Options, DateTimeOffset.UnixEpoch);
        if (result.Model is not { } model) return $"not trained: {result.Shortage}";

        var judge = new RowJudge(model, history.Metrics);
        for (var r = 0; r < history.Rows; r++) judge.IsAnomaly(history.TimesMs[r], history.Row(r));
        while (rows.MoveNext())
        {
            var cells = rows.Current.Split(separator);
            var timeMs = Parse(cells, time, columns, values);
            output.WriteLine($"{cells[time]},{(judge.IsAnomaly(timeMs, values) ? 1 : 0)}");
        }
        return null;
    }

    private static long Parse(string[] cells, int time, int[] columns, double[] values)
    {
        for (var c = 0; c < columns.Length; c++)
            values[c] = double.TryParse(cells[columns[c]], CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
        return DateTimeOffset.Parse(cells[time], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
    }

    /// <summary>Window, score and hold as a station's grain has them.</summary>
    private sealed class RowJudge(PcaModel model, IReadOnlyList<string> metrics)
    {
        private readonly PcaDetector _detector = new(model);
        private readonly AlarmHold _hold = new(model.HoldCount, model.HoldWindow);
        private readonly int[] _columns = [.. model.Metrics.Select(name => metrics.ToList().IndexOf(name))];
        private readonly double[] _values = new double[model.Metrics.Length];
        private double _held;

        public bool IsAnomaly(long timeMs, ReadOnlySpan<double> row)
        {
            for (var m = 0; m < _values.Length; m++) _values[m] = row[_columns[m]];
            var score = _detector.Observe(timeMs, _values);
            if (_detector.Verdict == DetectorVerdict.Scored) _held = _hold.Push(score);
            return _held > model.Threshold;
        }
    }
}
