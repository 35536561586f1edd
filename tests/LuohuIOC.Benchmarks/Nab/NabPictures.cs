using System.Globalization;
using System.Text.Json;
using LuohuIOC.Benchmarks.Csv;
using LuohuIOC.Detection.Novelty;

namespace LuohuIOC.Benchmarks.Nab;

/// <summary>
/// Draws labelled windows that the detector caught and missed: five of each, evenly spread over the sorted lists and none chosen by
/// hand. <code>-- nab-pictures OUT DIR … [--skip FOLDER]</code> DIR holds data/ and labels/combined_windows.json.
/// </summary>
public static class NabPictures
{
    private const int Each = 5;

    public static int Run(string[] args)
    {
        var skip = Array.IndexOf(args, "--skip") is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
        var folders = args.Skip(1).TakeWhile(a => a != "--skip").ToArray();
        if (args.Length < 2 || folders.Length == 0 || folders.Any(f => !Directory.Exists(Path.Combine(f, "labels"))))
        {
            Console.Error.WriteLine("usage: nab-pictures OUT DIR … [--skip FOLDER]; each DIR holds data/ and labels/");
            return 2;
        }
        var series = folders.SelectMany(Read).Where(s => skip is null || !s.Name.StartsWith(skip, StringComparison.Ordinal)).ToArray();
        var windows = series.SelectMany(s => s.Windows.Select(w => (Series: s, Window: w))).ToArray();
        Console.WriteLine($"{series.Length} series, {windows.Length} windows, {windows.Count(w => w.Series.Hit(w.Window))} caught");
        Directory.CreateDirectory(args[0]);
        Draw("hit", [.. windows.Where(w => w.Series.Hit(w.Window))], args[0]);
        Draw("miss", [.. windows.Where(w => !w.Series.Hit(w.Window))], args[0]);
        return 0;
    }

    private static void Draw(string kind, (LabelledSeries Series, (int First, int Last) Window)[] windows, string output)
    {
        for (var i = 0; i < Math.Min(Each, windows.Length); i++)
        {
            var (series, window) = windows[(2 * i + 1) * windows.Length / (2 * Each)];
            var file = Path.Combine(output, $"{kind}-{i + 1}.svg");
            File.WriteAllText(file, SeriesPicture.Svg(series, window));
            Console.WriteLine($"{kind}-{i + 1}.svg  {series.Name}  {series.Times[window.First]}");
        }
    }

    private static IEnumerable<LabelledSeries> Read(string folder)
    {
        using var labels = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "labels", "combined_windows.json")));
        foreach (var entry in labels.RootElement.EnumerateObject().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, "data", entry.Name);
            if (!File.Exists(path)) continue;
            using var table = new CsvTable(File.ReadLines(path));
            table.ReadHeader();
            var rows = NabRow.Read(table, new RowClock()).ToArray();
            var windows = entry.Value.EnumerateArray()
                .Select(w => (Row(rows, w[0].GetString()!), Row(rows, w[1].GetString()!))).ToArray();
            yield return new LabelledSeries(entry.Name, [.. rows.Select(r => r.Time)], [.. rows.Select(r => r.Value)], [.. rows.Select(r => r.Score)], windows);
        }
    }

    private static int Row(NabRow[] rows, string time)
    {
        if (!RowClock.TryParse(time.Split('.')[0], out var wanted)) throw new InvalidDataException($"no time: {time}");
        var at = Array.FindIndex(rows, r => r.TimeMs >= wanted);
        return at < 0 ? rows.Length - 1 : at;
    }
}

internal sealed record LabelledSeries(string Name, string[] Times, double[] Values, double[] Scores, (int First, int Last)[] Windows)
{
    private static readonly double AlarmNats = new NoveltyOptions().AlarmNats;

    public bool IsAlarm(int row) => Scores[row] >= AlarmNats;

    public bool Hit((int First, int Last) window) => Enumerable.Range(window.First, window.Last - window.First + 1).Any(IsAlarm);
}

/// <summary>One stretch of a series as SVG: the values, the labelled windows shaded, an alarm as a vertical line.</summary>
internal static class SeriesPicture
{
    private const int Width = 720, Height = 180, Top = 22, Points = 700;

    public static string Svg(LabelledSeries series, (int First, int Last) window)
    {
        var margin = Math.Max(150, 2 * (window.Last - window.First + 1));
        var from = Math.Max(0, window.First - margin);
        var to = Math.Min(series.Values.Length - 1, window.Last + margin);
        var shown = Enumerable.Range(from, to - from + 1).Where(i => double.IsFinite(series.Values[i])).ToArray();
        var low = shown.Min(i => series.Values[i]);
        var span = Math.Max(shown.Max(i => series.Values[i]) - low, 1e-12);
        double X(int i) => 4 + (Width - 8.0) * (i - from) / Math.Max(1, to - from);
        double Y(double v) => Top + (Height - Top - 6) * (1 - (v - low) / span);

        var svg = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"11\">"),
            $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>",
        };
        foreach (var (first, last) in series.Windows.Where(w => w.First <= to && w.Last >= from))
        {
            var left = X(Math.Max(first, from));
            svg.Add(string.Create(CultureInfo.InvariantCulture,
                $"<rect x=\"{left:F1}\" y=\"{Top}\" width=\"{Math.Max(1, X(Math.Min(last, to)) - left):F1}\" height=\"{Height - Top}\" fill=\"#f6c453\" opacity=\"0.45\"/>"));
        }
        var line = string.Join(' ', Thin(series.Values, shown).Select(i => string.Create(CultureInfo.InvariantCulture, $"{X(i):F1},{Y(series.Values[i]):F1}")));
        svg.Add($"<polyline fill=\"none\" stroke=\"#1f5f8b\" stroke-width=\"1\" points=\"{line}\"/>");
        foreach (var i in shown.Where(series.IsAlarm))
            svg.Add(string.Create(CultureInfo.InvariantCulture, $"<line x1=\"{X(i):F1}\" x2=\"{X(i):F1}\" y1=\"{Top}\" y2=\"{Height}\" stroke=\"#c0392b\" stroke-width=\"1.5\"/>"));
        svg.Add($"<text x=\"4\" y=\"14\">{series.Name} · {series.Times[from]} – {series.Times[to]}</text>");
        svg.Add("</svg>");
        return string.Join('\n', svg) + "\n";
    }

    /// <summary>The least and the greatest value of each step, so that no spike is lost.</summary>
    private static IEnumerable<int> Thin(double[] values, int[] rows)
    {
        if (rows.Length <= Points) return rows;
        return rows.Chunk((int)Math.Ceiling(2.0 * rows.Length / Points))
            .SelectMany(part => new[] { part.MinBy(i => values[i]), part.MaxBy(i => values[i]) }.Order()).Distinct();
    }
}
