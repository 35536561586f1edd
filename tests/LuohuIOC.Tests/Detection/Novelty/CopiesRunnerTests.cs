using LuohuIOC.Benchmarks.Copies;
using LuohuIOC.Benchmarks.Scores;
using LuohuIOC.Benchmarks.Skab;
using Xunit;

namespace LuohuIOC.Tests.Detection.Novelty;

/// <summary>What is labelled reads 1000, all else about 1: in a copy it must still be so.</summary>
public sealed class CopiesRunnerTests : IDisposable
{
    private static readonly DateTime Start = new(2020, 3, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly CsvDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void Labels_of_a_series_go_where_its_rows_go()
    {
        // One lies where parts are exchanged.
        (int First, int Last)[] windows = [(65, 74), (95, 105), (150, 160)];
        _desk.Put("labels/combined_windows.json", $"{{\"a/b.csv\":[{string.Join(',', windows.Select(w => $"[\"{Time(w.First)}\",\"{Time(w.Last)}\"]"))}]}}");
        _desk.Put("data/a/b.csv", ["timestamp,value", .. Enumerable.Range(0, 200).Select(row => $"{Time(row)},{(windows.Any(w => row >= w.First && row <= w.Last) ? 1000 : 1 + (row % 2))}")]);
        Assert.Equal(0, Run("nab"));
        Assert.Equal(NabCopies.Kinds.Length, CopyFolders.In(_desk.Out).Length);
        foreach (var copy in CopyFolders.In(_desk.Out))
        {
            var series = Assert.Single(LabelledSeries.Load(copy, Path.Combine(copy, "data"), "value"));
            Assert.Equal(3, series.Windows.Length);
            Assert.True(series.TimesMs.Zip(series.TimesMs.Skip(1)).All(t => t.First < t.Second), copy);
            // A row may lie half in a window.
            var middle = series.Scores.Max() / 2 + 1;
            var inside = series.Spans().SelectMany(s => Enumerable.Range(s.First, s.Last - s.First + 1)).ToHashSet();
            Assert.All(series.Scores.Index(), row => Assert.True(inside.Contains(row.Index) ? row.Item >= middle - 2 : row.Item <= middle, $"{copy} row {row.Index}"));
        }
    }

    [Fact]
    public void A_window_of_which_too_little_counts_is_left_out()
    {
        // The first 15 rows count for nothing.
        var copy = new MetricSeries("a", new long[100], new double[100], [(0, 10), (10, 24), (30, 40)]);
        Assert.Equal([(10, 24), (30, 40)], NabCopies.Scored(copy));
    }

    [Fact]
    public void Labels_of_a_station_stay_at_their_rows()
    {
        _desk.Put("data/valve1/0.csv", ["datetime;current;pressure;anomaly", .. Enumerable.Range(0, 600).Select(row => $"{Time(row)};{(row < 500 ? 1 + (row % 2) : 1000)};{row % 3};{(row < 500 ? 0 : 1)}.0")]);
        Assert.Equal(0, Run("skab"));
        foreach (var copy in CopyFolders.In(_desk.Out))
        {
            var file = Assert.Single(SkabFile.Load(copy));
            Assert.Equal(100, file.Labelled.Labels.Count(fault => fault));
            if (!file.Metrics.Contains("current")) continue;
            foreach (var (values, fault) in file.Labelled.Rows.Zip(file.Labelled.Labels)) Assert.True(double.IsNaN(values[0]) || values[0] > 500 == fault, copy);
        }
        Assert.Equal(["drift", "first-100-cut", "noise", "tenth-missing", "without-1", "without-2"], CopyFolders.In(_desk.Out).Select(Path.GetFileName));
        Assert.Equal(["pressure"], SkabFile.Load(Path.Combine(_desk.Out, "without-1"))[0].Metrics);
        Assert.Equal(500, SkabFile.Load(Path.Combine(_desk.Out, "first-100-cut"))[0].Times.Length);
    }

    [Fact]
    public void Nothing_is_written_over()
    {
        _desk.Put("data/valve1/0.csv", "datetime;current;anomaly");
        Assert.Equal(2, CopiesRunner.Run(["skab", _desk.In, _desk.In], _desk.Errors));
        Assert.Contains("OUT does not exist yet", Assert.Single(_desk.Said));
    }

    [Theory]
    [InlineData("datetime;current", "no column anomaly")]
    [InlineData("datetime;current;anomaly", "line 2: no number in the column anomaly")]
    public void A_station_without_labels_is_told(string header, string told)
    {
        _desk.Put("data/valve1/0.csv", header, $"{Time(0)};1");
        Assert.Equal(1, Run("skab"));
        Assert.Contains(told, Assert.Single(_desk.Said));
        Assert.Empty(_desk.Results());
    }

    private int Run(string kind) => CopiesRunner.Run([kind, _desk.In, _desk.Out], _desk.Errors);

    private static string Time(int row) => $"{Start.AddMinutes(5 * row):yyyy-MM-dd HH:mm:ss}";
}
