using System.Globalization;
using System.Text.Json;
using LuohuIOC.Benchmarks.Scores;
using LuohuIOC.Benchmarks.Skab;

namespace LuohuIOC.Benchmarks.Copies;

/// <summary>
/// <code>-- copies nab|skab DIR OUT</code>
/// Writes changed copies of a benchmark's files, each kind as a benchmark's own folder below OUT with labels of its own, for <c>nab</c>, <c>nab-score</c>, <c>skab</c> and <c>skab-cross</c>. The same
/// every time.
/// </summary>
public static class CopiesRunner
{
    // A copy at half the speed has times between seconds.
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.FFF";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Returns the exit code: 0, 1 when something cannot be read or written, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        if (args is not [("nab" or "skab") and var kind, var folder, var output] || !Directory.Exists(folder) || Path.Exists(output))
        {
            errors.WriteLine("usage: copies nab|skab DIR OUT; DIR is the benchmark's own folder, OUT does not exist yet");
            return 2;
        }
        try
        {
            if (kind == "nab") WriteNab(folder, output);
            else WriteSkab(folder, output);
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }

    private static void WriteNab(string folder, string output)
    {
        var series = LabelledSeries.Load(folder, Path.Combine(folder, "data"), column: "value")
            .Where(s => s.TimesMs.Length >= NabCopies.RowsMin).Select(s => new MetricSeries(s.Path, s.TimesMs, s.Scores, s.Spans())).ToArray();
        if (series.Length == 0) throw new InvalidDataException($"{folder}: none of the labels' files is below data");
        foreach (var (name, make) in NabCopies.Kinds)
        {
            var labels = new Dictionary<string, string[][]>();
            foreach (var copy in series.Select(make))
            {
                Write(Path.Combine(output, name, "data", copy.Path), "timestamp,value", copy.TimesMs.Select((t, row) => $"{Time(t)},{Number(copy.Values[row])}"));
                labels[copy.Path] = [.. NabCopies.Scored(copy).Select(w => new[] { Time(copy.TimesMs[w.First]), Time(copy.TimesMs[w.Last]) })];
            }
            Write(LabelledSeries.LabelsOf(Path.Combine(output, name)), JsonSerializer.Serialize(labels, Indented), []);
        }
    }

    private static void WriteSkab(string folder, string output)
    {
        var files = SkabFile.Load(folder);
        foreach (var (name, make) in SkabCopies.Kinds(files.Max(f => f.Metrics.Length)))
        {
            foreach (var copy in files.Select(make))
            {
                Write(Path.Combine(output, name, "data", copy.Labelled.Path), $"datetime;{string.Join(';', copy.Metrics)};anomaly",
                    copy.Labelled.Rows.Select((values, row) => $"{copy.Times[row]};{string.Join(';', values.Select(Number))};{(copy.Labelled.Labels[row] ? 1 : 0)}"));
            }
        }
    }

    private static void Write(string file, string first, IEnumerable<string> rest)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllLines(file, rest.Prepend(first));
    }

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
