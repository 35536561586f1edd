using System.Text.Json;
using LuohuIOC.Benchmarks.Csv;

namespace LuohuIOC.Benchmarks.Scores;

/// <summary>A series with its labelled windows and the scores that a detector gave it.</summary>
/// <param name="Path">Relative to <c>data</c>.</param>
/// <param name="TimesMs">Of each row, Unix ms.</param>
/// <param name="Scores">Of each row.</param>
/// <param name="Windows">First and last time of each, Unix ms, in order.</param>
internal sealed record LabelledSeries(string Path, long[] TimesMs, double[] Scores, (long FromMs, long ToMs)[] Windows)
{
    private const string ScoreColumn = "anomaly_score";

    public int Probation => ProbationOf(TimesMs.Length);

    /// <summary>Rows that count for nothing: the first 15 %, 750 at most (Lavin &amp; Ahmad 2015).</summary>
    public static int ProbationOf(int rows) => (int)Math.Min(0.15 * rows, 750);

    /// <summary>The windows' first and last rows.</summary>
    /// <exception cref="InvalidDataException">One begins or ends between rows.</exception>
    public (int First, int Last)[] Spans()
    {
        var spans = Windows.Select(w => (Array.IndexOf(TimesMs, w.FromMs), Array.IndexOf(TimesMs, w.ToMs))).ToArray();
        return spans.Any(s => s.Item1 < 0 || s.Item2 < 0) ? throw new InvalidDataException($"{Path}: a window begins or ends at no row") : spans;
    }

    /// <summary>Where a benchmark in Numenta's layout has its labels.</summary>
    public static string LabelsOf(string corpus) => System.IO.Path.Combine(corpus, "labels", "combined_windows.json");

    /// <summary>The series that a folder in the benchmark's layout has data and labels for.</summary>
    /// <param name="corpus">Has <c>data/</c> and <c>labels/combined_windows.json</c>.</param>
    /// <param name="results">What <c>nab</c> wrote for it, or its own data.</param>
    /// <param name="column">Holds the scores; <c>value</c> for the data, where a row may be without.</param>
    /// <exception cref="InvalidDataException">A row has no score, or a label no time.</exception>
    public static List<LabelledSeries> Load(string corpus, string results, string column = ScoreColumn)
    {
        var labels = JsonSerializer.Deserialize<Dictionary<string, string[][]>>(File.ReadAllText(LabelsOf(corpus)))!;
        return [.. labels.Where(l => File.Exists(System.IO.Path.Combine(corpus, "data", l.Key))).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => Read(results, l.Key, l.Value, column))];
    }

    private static LabelledSeries Read(string results, string path, string[][] windows, string column)
    {
        using var table = new CsvTable(File.ReadLines(System.IO.Path.Combine(results, path)));
        table.ReadHeader();
        var (time, score) = (table.ColumnOf("timestamp"), table.ColumnOf(column));
        if (time < 0 || score < 0) throw new InvalidDataException($"{path}: the columns timestamp and {column} are needed");
        var (times, scores) = (new List<long>(), new List<double>());
        foreach (var row in table.Rows())
        {
            times.Add(Time(CsvTable.Cell(row, time), path));
            scores.Add(table.Number(row, score));
            if (double.IsNaN(scores[^1]) && column == ScoreColumn) throw new InvalidDataException($"{path}, line {table.Line}: no score");
        }
        return new LabelledSeries(path, [.. times], [.. scores], [.. windows.Select(w => (Time(w[0], path), Time(w[1], path)))]);
    }

    private static long Time(string text, string path) =>
        RowClock.TryParse(text, out var ms) ? ms : throw new InvalidDataException($"{path}: '{text}' is no time");
}
