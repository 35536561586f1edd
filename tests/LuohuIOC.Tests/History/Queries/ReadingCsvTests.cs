using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.History.Queries;

/// <summary>Ten readings of a pond, a minute apart; the third is doubted.</summary>
public sealed class ReadingCsvTests : IAsyncLifetime
{
    private readonly HistoryScene _scene = new();

    [Fact]
    public async Task Readings_are_rows_with_the_unit_in_the_head()
    {
        var (heads, rows) = await Table(Request());
        Assert.Equal(["时间", "水深 (m)", "电池 (%)", "质量", "质量原因"], heads.Where(head => head != "信号 (dBm)").Take(5));
        Assert.Equal(10, rows.Count);
        Assert.Equal(("2024-11-22T08:00:00.000+08:00", "-0.25"), (rows[0][0], rows[0][1]));
        Assert.Equal(("存疑", "突跳", "水深"), (Cell(heads, rows[2], "质量"), Cell(heads, rows[2], "质量原因"), Cell(heads, rows[2], "存疑或错误的指标")));
    }

    [Fact]
    public async Task Buckets_are_rows_with_a_column_for_each_figure()
    {
        var (heads, rows) = await Table(Request() with { Metrics = ["depth"], EveryMs = 300_000, Aggregates = [Aggregate.Mean, Aggregate.Max] });
        Assert.Equal(["时段起始", "读数条数", "水深 (m) 平均", "水深 (m) 最大"], heads);
        Assert.Equal(["2024-11-22T08:00:00.000+08:00", "5", "-0.23", "-0.21"], rows[0]);
        (heads, rows) = await Table(Request() with { Metrics = ["depth"], EveryMs = 300_000, Aggregates = [Aggregate.Max] });
        Assert.Equal("-0.21", rows[0][2]);
    }

    [Fact]
    public async Task What_is_left_out_is_told_in_the_last_line()
    {
        var (_, rows) = await Table(Request(), 4);
        Assert.Equal(5, rows.Count);
        Assert.Contains("4", Assert.Single(rows[^1]));
    }

    private static string Cell(string[] heads, string[] row, string head) => row[Array.IndexOf(heads, head)];

    private ReadingRequest Request() => new()
    {
        Sensors = [_scene[0]],
        FromMs = StoreScene.Start,
        ToMs = StoreScene.Start + 3_600_000,
        Quality = QualityFilter.All,
        Limit = 1000,
    };

    private async Task<(string[] Heads, List<string[]> Rows)> Table(ReadingRequest request, int rowsMax = ReadingCsv.RowsMax)
    {
        var cancel = TestContext.Current.CancellationToken;
        return (ReadingCsv.Heads(request, TextBook.Chinese), await ReadingCsv.RowsAsync(_scene.Queries, request, rowsMax, TextBook.Chinese, cancel).ToListAsync(cancel));
    }

    public async ValueTask InitializeAsync()
    {
        _scene.AddSensor(SensorKind.Waterlogging);
        await _scene.History.OpenAsync(TestContext.Current.CancellationToken);
        var doubted = new QualityMark(QualityGrade.Doubtful, QualityReason.Spike, 1);
        await _scene.AppendAsync(Enumerable.Range(0, 10).Select(i =>
            new SomeReading(0, StoreScene.Start + i * 60_000, Values: [(0, Math.Round(-0.25 + 0.01 * i, 2))], Mark: i == 2 ? doubted : default)));
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
