using LuohuIOC.Benchmarks.Csv;
using LuohuIOC.Benchmarks.Scores;

namespace LuohuIOC.Benchmarks.Skab;

/// <summary>A file of the Skoltech Anomaly Benchmark with its labels.</summary>
/// <param name="Metrics">Names of the channels.</param>
/// <param name="Times">Of each row, as they stand in the file.</param>
/// <param name="Labelled">Its channels and its column <c>anomaly</c>.</param>
internal sealed record SkabFile(string[] Metrics, string[] Times, LabelledRows Labelled)
{
    /// <summary>The benchmark's run without faults: it has no labels and is not scored.</summary>
    private const string Unlabelled = "anomaly-free";

    private static readonly string[] TimeNames = ["datetime", "timestamp", "time"];

    private const string LabelName = "anomaly";

    /// <summary>Columns that hold the answer.</summary>
    private static readonly string[] LabelNames = [LabelName, "changepoint", "event", "label"];

    /// <summary>The benchmark's own folder of a file: <c>valve1/0.csv</c> >> valve1.</summary>
    public string Group => Path.GetDirectoryName(Labelled.Path) ?? "";

    public static bool IsUnlabelled(string relative) => relative.StartsWith(Unlabelled + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The time's column and those of the metrics; throws <see cref="InvalidDataException"/> when one is missing.</summary>
    public static (int Time, int[] Metrics) Columns(CsvTable table)
    {
        // SKAB's own name first, then those that others give it.
        var time = TimeNames.Select(table.ColumnOf).FirstOrDefault(c => c >= 0, -1);
        if (time < 0) throw new InvalidDataException($"no column {string.Join(", ", TimeNames)}");
        var header = table.Header;
        int[] metrics = [.. Enumerable.Range(0, header.Length)
            .Where(c => c != time && header[c].Length > 0 && !LabelNames.Contains(header[c], StringComparer.OrdinalIgnoreCase))];
        return metrics.Length > 0 ? (time, metrics) : throw new InvalidDataException("no column beside datetime and the labels");
    }

    /// <summary>All that a folder has, but those that are not scored.</summary>
    /// <exception cref="InvalidDataException">There is none, or one has a row without a label or nothing behind the rows for fitting.</exception>
    public static List<SkabFile> Load(string folder)
    {
        var root = CsvFolder.RootOf(folder);
        var files = CsvFolder.Files(root).Select(f => Path.GetRelativePath(root, f)).Where(f => !IsUnlabelled(f)).Select(f => Read(root, f)).ToList();
        return files.Count > 0 ? files : throw new InvalidDataException($"{root}: no CSV");
    }

    private static SkabFile Read(string root, string relative)
    {
        using var table = new CsvTable(File.ReadLines(Path.Combine(root, relative)));
        table.ReadHeader();
        var (time, metrics) = Columns(table);
        var label = table.ColumnOf(LabelName);
        if (label < 0) throw new InvalidDataException($"{relative}: no column {LabelName}");
        var (times, rows, labels) = (new List<string>(), new List<double[]>(), new List<bool>());
        foreach (var cells in table.Rows())
        {
            var fault = table.Number(cells, label);
            if (double.IsNaN(fault)) throw new InvalidDataException($"{relative}, line {table.Line}: no number in the column {LabelName}");
            times.Add(CsvTable.Cell(cells, time));
            rows.Add([.. metrics.Select(c => table.Number(cells, c))]);
            labels.Add(fault == 1);
        }
        if (rows.Count <= SkabRunner.FitRowsDefault) throw new InvalidDataException($"{relative}: {rows.Count} rows, the first {SkabRunner.FitRowsDefault} are for fitting");
        return new SkabFile([.. metrics.Select(c => table.Header[c])], [.. times], new LabelledRows(relative, [.. rows], [.. labels]));
    }
}
