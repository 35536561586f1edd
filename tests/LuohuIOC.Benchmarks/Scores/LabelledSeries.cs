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
    /// <summary>Rows that count for nothing: the first 15 %, 750 at most (Lavin &amp; Ahmad 2015).</summary>
    public int Probation => (int)Math.Min(0.15 * TimesMs.Length, 750);

    /// <summary>The series that a folder in the benchmark's layout has data and labels for.</summary>
    /// <param name="corpus">Has <c>data/</c> and <c>labels/combined_windows.json</c>.</param>
    /// <param name="results">What <c>nab</c> wrote for it.</param>
    /// <exception cref="InvalidDataException">A row has no score, or a label no time.</exception>
    public static List<LabelledSeries> Load(string corpus, string results)
    {
        var labels = JsonSerializer.Deserialize<Dictionary<string, string[][]>>(File.ReadAllText(System.IO.Path.Combine(corpus, "labels", "combined_windows.json")))!;
        return [.. labels.Where(l => File.Exists(System.IO.Path.Combine(corpus, "data", l.Key))).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => Read(results, l.Key, l.Value))];
    }

    private static LabelledSeries Read(string results, string path, string[][] windows)
    {
        using var table = new CsvTable(File.ReadLines(System.IO.Path.Combine(results, path)));
        table.ReadHeader();
        var (time, score) = (table.ColumnOf("timestamp"), table.ColumnOf("anomaly_score"));
        if (time < 0 || score < 0) throw new InvalidDataException($"{path}: the columns timestamp and anomaly_score are needed");
        var (times, scores) = (new List<long>(), new List<double>());
        foreach (var row in table.Rows())
        {
            times.Add(Time(CsvTable.Cell(row, time), path));
            scores.Add(table.Number(row, score));
            if (double.IsNaN(scores[^1])) throw new InvalidDataException($"{path}, line {table.Line}: no score");
        }
        return new LabelledSeries(path, [.. times], [.. scores], [.. windows.Select(w => (Time(w[0], path), Time(w[1], path)))]);
    }

    private static long Time(string text, string path) =>
        RowClock.TryParse(text, out var ms) ? ms : throw new InvalidDataException($"{path}: '{text}' is no time");
}
