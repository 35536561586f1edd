using System.Globalization;
using LuohuIOC.Benchmarks.Scores;
using LuohuIOC.Detection.Chart;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.MadeWater;

/// <summary>
/// <code>-- made-water</code>
/// The chart with untouched parameters on made drinking water: eight records of six weeks that were looked at while it was made, sixteen of three months that were not; beside it the median of an hour.
/// </summary>
public static class MadeWaterRunner
{
    private const int SixWeeks = 60_000, ThreeMonths = 129_600;

    private static readonly int[] LookedAt = [1, 2, 3, 4];
    private static readonly int[] Others = [21, 22, 23, 24, 41, 42, 43, 44];

    /// <summary>Returns the exit code, 0.</summary>
    public static int Run()
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumns("records", "labelled %", "chart F1", "false alarms %", "missed %", "60-minute median F1");
        Rows(table, "looked at", LookedAt, SixWeeks);
        Rows(table, "not looked at", Others, ThreeMonths);
        AnsiConsole.Write(table);
        return 0;
    }

    private static void Rows(Table table, string name, int[] seeds, int rows)
    {
        var all = new List<Judged>();
        foreach (var events in Enum.GetValues<WaterEvents>())
        {
            var judged = seeds.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(seed => Judge(seed, events, rows)).ToArray();
            Row(table, $"{judged.Length} {name}, {events} events", judged);
            all.AddRange(judged);
        }
        Row(table, $"{all.Count} {name}, {rows} rows", all);
    }

    private static Judged Judge(int seed, WaterEvents events, int rows)
    {
        var options = new ChartOptions();
        var record = WaterRecord.Make(seed, events, rows);
        return new Judged(100.0 * record.Labels.Count(l => l) / rows, record.Judge(options), MedianDistance.Best(record, options.FitRows).F1);
    }

    /// <summary>Means over the records, not of their rows together.</summary>
    private static void Row(Table table, string name, IReadOnlyCollection<Judged> records) => table.AddRow(
        name, Text(records.Average(r => r.LabelledPercent), "0.0"), Text(records.Average(r => r.Chart.F1), "0.000"),
        Text(records.Average(r => r.Chart.FalsePercent), "0.00"), Text(records.Average(r => r.Chart.MissedPercent), "0.0"), Text(records.Average(r => r.MedianF1), "0.000"));

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private readonly record struct Judged(double LabelledPercent, RowCount Chart, double MedianF1);
}
