using System.Globalization;
using LuohuIOC.Detection.Novelty;

namespace LuohuIOC.Benchmarks.Nab;

/// <summary>
/// Runs the detector of single metrics over CSVs with <c>timestamp,value</c>, as the Numenta Anomaly Benchmark has them: one row at a
/// time, a new detector for each file, the same parameters for all.
/// <code>-- nab DIR OUT</code>
/// writes for each CSV under DIR one with <c>timestamp,value,anomaly_score</c> at the same relative path under OUT.
/// <code>-- nab-prefix DIR</code>
/// proves that nothing looks ahead: of each file, the scores of its first rows alone are those of the whole file's first rows.
/// </summary>
public static class NabRunner
{
    // Nats grow without bound, the benchmark wants 0 to 1: strictly rising, 3.9 nats are 0.386.
    private const double NatsScale = 8;

    /// <summary>Returns the exit code: 0, 1 when a file cannot be read, 2 when the arguments are wrong.</summary>
    public static int Run(string[] args)
    {
        if (args is not [var given, var output] || !Directory.Exists(given))
        {
            Console.Error.WriteLine("usage: nab DIR OUT; DIR holds CSVs with the columns timestamp and value");
            return 2;
        }
        var root = DataFolder(given);
        foreach (var file in Files(root))
        {
            var target = Path.Combine(output, Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var writer = new StreamWriter(target);
            writer.WriteLine("timestamp,value,anomaly_score");
            foreach (var (line, score) in Scores(File.ReadLines(file)))
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line},{1 - Math.Exp(-score / NatsScale):R}"));
        }
        return 0;
    }

    public static int Prefix(string[] args)
    {
        if (args is not [var given] || !Directory.Exists(given))
        {
            Console.Error.WriteLine("usage: nab-prefix DIR");
            return 2;
        }
        var failed = 0;
        var files = 0;
        foreach (var file in Files(DataFolder(given)))
        {
            var lines = File.ReadAllLines(file);
            var whole = Scores(lines).ToArray();
            foreach (var cut in new[] { lines.Length / 7, lines.Length / 2, lines.Length - 2 })
            {
                var first = Scores(lines.Take(cut + 1)).ToArray();
                if (first.SequenceEqual(whole.Take(first.Length))) continue;
                Console.Error.WriteLine($"{file}: the scores of the first {cut} rows change with what follows");
                failed++;
            }
            files++;
        }
        Console.WriteLine($"{files} files, three cuts each: {failed} differences");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>A benchmark's own folder holds its CSVs in the folder data.</summary>
    public static string DataFolder(string given) =>
        Directory.Exists(Path.Combine(given, "data")) ? Path.Combine(given, "data") : given;

    public static IEnumerable<string> Files(string root) =>
        Directory.EnumerateFiles(root, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <summary>Each row's time in Unix ms and value, NaN where there is none.</summary>
    public static (long TimeMs, double Value) Parse(string time, string value) =>
        (DateTimeOffset.Parse(time.Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds(),
            double.TryParse(value, CultureInfo.InvariantCulture, out var parsed) ? parsed : double.NaN);

    private static IEnumerable<(string Line, double Score)> Scores(IEnumerable<string> lines)
    {
        var detector = new NoveltyDetector();
        int[]? columns = null;
        foreach (var line in lines)
        {
            if (line.Length == 0) continue;
            var cells = line.Split(',');
            if (columns is null)
            {
                var header = cells.Select(c => c.Trim()).ToArray();
                columns = [Array.IndexOf(header, "timestamp"), Array.IndexOf(header, "value")];
                if (columns.Contains(-1)) throw new InvalidDataException($"no columns timestamp and value in {line}");
                continue;
            }
            var (timeMs, value) = Parse(cells[columns[0]], cells[columns[1]]);
            yield return ($"{cells[columns[0]]},{cells[columns[1]]}", detector.Observe(timeMs, value));
        }
    }
}
