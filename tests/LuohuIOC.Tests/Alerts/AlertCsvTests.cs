using System.Text;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Wall;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class AlertCsvTests(SharedCity shared) : IClassFixture<SharedCity>
{
    private readonly CityHost _city = shared.Host;

    [Fact]
    public async Task An_alert_is_a_row_in_the_readers_words()
    {
        await using var store = new StoreFixture();
        await store.DoAsync(Some.Observed(Severity.Orange, 1));
        await store.DoAsync(new AlertCommand.Acknowledge(Some.Request(store.Watch, comment: "已到场")));
        await store.DoAsync(Some.Observed(null, 600), now: Some.Now.AddSeconds(600));
        var heads = AlertCsv.Heads(TextBook.Chinese);
        var row = Assert.Single(AlertCsv.Rows(store.Queries, new AlertFilter(), AlertCsv.RowsMax, TextBook.Chinese));
        var cells = heads.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second);
        Assert.Equal(heads.Length, row.Length);
        Assert.Equal(
            ("橙色", "橙色", "已关闭", "文锦渡易涝点", "wl-001", "易涝点监测站", "黄贝街道", "道路积水"),
            (cells["最后级别"], cells["最高级别"], cells["状态"], cells["设备名称"], cells["设备编号"], cells["设备类别"], cells["街道"], cells["预警事项"]));
        Assert.Equal(("水深", "5 cm", "30 cm", "15 cm"), (cells["指标"], cells["最近数值"], cells["极值"], cells["限值"]));
        // To compute with.
        Assert.Equal(("0.05", "0.3", "0.15", "m"), (cells["最近数值（纯数字）"], cells["极值（纯数字）"], cells["限值（纯数字）"], cells["纯数字的单位"]));
        Assert.Equal(("2023-09-08T02:00:00+08:00", "2023-09-08T02:10:00+08:00"), (cells["发生时间"], cells["解除时间"]));
        Assert.Equal(("值班员甲", "系统", "已到场", "114.13"), (cells["确认人"], cells["关闭人"], cells["最近备注"], cells["经度（WGS84）"]));
        var english = AlertCsv.Rows(store.Queries, new AlertFilter(), AlertCsv.RowsMax, TextBook.English).Single();
        Assert.Contains("orange", english);
        Assert.DoesNotContain(AlertCsv.Heads(TextBook.English), head => head.StartsWith("csv.", StringComparison.Ordinal));
    }

    /// <summary>With a minus that no spreadsheet takes for a formula's.</summary>
    [Fact]
    public async Task The_furthest_of_a_fall_is_its_lowest_value_with_its_sign()
    {
        await using var store = new StoreFixture();
        RuleChange Found(Severity severity, int at, double value) => new(Some.Rule, severity, "flow", value, double.NaN, Some.Now.AddSeconds(at).ToUnixTimeMilliseconds(),
            """{"detector":"novelty","score":6.1,"threshold":5.5,"expected":{"flow":1.4}}""");
        var subject = Some.Subject() with { Kind = "outfall" };
        foreach (var change in new[] { Found(Severity.Blue, 1, 0.6), Found(Severity.Yellow, 2, -0.82) }) await store.DoAsync(new AlertCommand.Observe(subject, change));
        var row = Assert.Single(AlertCsv.Rows(store.Queries, new AlertFilter(), AlertCsv.RowsMax, TextBook.English));
        Assert.Equal("\u22120.820 m³/s", row[Array.IndexOf(AlertCsv.Heads(TextBook.English), "Furthest value")]);
        Assert.Equal("-0.82", CsvAnswer.Harmless(row[Array.IndexOf(AlertCsv.Heads(TextBook.English), "Furthest value, number")]));
    }

    /// <summary>0.63 m in an hour is not where the river stands.</summary>
    [Theory]
    [InlineData("river", "level", "水位（60 分钟内增幅）")]
    [InlineData("rain_gauge", "rain", "雨量")]
    public async Task A_rise_is_not_told_as_a_level(string kind, string metric, string told)
    {
        await using var store = new StoreFixture();
        var change = new RuleChange("some-rule", Severity.Blue, metric, 0.63, 0.5, Some.Now.ToUnixTimeMilliseconds(), """{"windowSeconds":3600}""");
        await store.DoAsync(new AlertCommand.Observe(Some.Subject() with { Kind = kind }, change));
        var row = Assert.Single(AlertCsv.Rows(store.Queries, new AlertFilter(), AlertCsv.RowsMax, TextBook.Chinese));
        Assert.Equal(told, row[Array.IndexOf(AlertCsv.Heads(TextBook.Chinese), "指标")]);
    }

    [Fact]
    public async Task A_state_is_told_in_words()
    {
        await using var store = new StoreFixture();
        RuleChange Change(Severity? severity, double value, int at) => new("manhole-open", severity, "open", value, 1, Some.Now.AddSeconds(at).ToUnixTimeMilliseconds(), null);
        var subject = Some.Subject() with { Kind = "manhole" };
        foreach (var change in new[] { Change(Severity.Orange, 1, 1), Change(null, 0, 2) }) await store.DoAsync(new AlertCommand.Observe(subject, change));
        foreach (var (language, words) in new[] { (TextBook.Chinese, "关闭 开启 开启"), (TextBook.English, "shut open open") })
        {
            var cells = AlertCsv.Heads(language).Zip(Assert.Single(AlertCsv.Rows(store.Queries, new AlertFilter(), AlertCsv.RowsMax, language))).ToDictionary(cell => cell.First, cell => cell.Second);
            Assert.Equal(words, string.Join(' ', new[] { "value", "furthest", "threshold" }.Select(column => cells[TextBook.Get(language, $"csv.alert.{column}")])));
        }
        // Every state that a kind has.
        var states = KindCatalogue.All.SelectMany(kind => kind.Metrics).Where(metric => metric.Unit == "1").Select(metric => metric.Name).Distinct();
        foreach (var state in states)
            for (var value = 0; value <= 1; value++) Assert.Contains($"csv.state-of.{state}.{value}", TextBook.Keys(TextBook.Chinese));
    }

    [Fact]
    public async Task A_file_that_is_cut_says_so_in_its_last_line()
    {
        await using var store = new StoreFixture();
        for (var i = 0; i < 5; i++) await store.RaiseAsync($"s-{i}", Severity.Blue, i);
        var rows = AlertCsv.Rows(store.Queries, new AlertFilter(), 3, TextBook.Chinese).ToList();
        Assert.Equal(["s-4", "s-3", "s-2"], rows.SkipLast(1).Select(row => row[5]));
        Assert.Contains("3", Assert.Single(rows[^1]));
        Assert.Equal(5, AlertCsv.Rows(store.Queries, new AlertFilter(), 5, TextBook.Chinese).Count());
    }

    [Theory]
    [InlineData("", "text/csv")]
    [InlineData("&format=csv", "application/json")]
    public async Task A_list_comes_as_a_file_for_Excel_whole_and_without_formulas(string format, string accept)
    {
        var sensor = $"csv{format.Length}";
        for (var i = 0; i < 120; i++) await _city.ObserveAsync(sensor, Some.Change(Severity.Blue, i, $"rule-{i}"));
        using var officer = _city.ClientAs(LuohuIOC.Identity.Role.DutyOfficer);
        var id = (await ApiClient.JsonOf(await officer.Get($"/api/v1/alerts?sensor={sensor}&rule=rule-7"))).GetProperty("items")[0].GetProperty("id").GetString();
        await officer.Post($"/api/v1/alerts/{id}/comment", """{"comment":"=HYPERLINK(\"http://x\",\"看,这里\")"}""");
        officer.Headers.Accept.ParseAdd(accept);
        var answer = await officer.Get($"/api/v1/alerts?sensor={sensor}{format}");
        Assert.Equal(("text/csv", "utf-8"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentType?.CharSet));
        Assert.Matches(@"^alerts-\d{8}-\d{4}\.csv$", answer.Content.Headers.ContentDisposition?.FileName);
        Assert.False(answer.Headers.Contains("X-Unknown-Parameters"));
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(121, lines.Length);
        Assert.StartsWith("预警编号,最后级别,", lines[0]);
        Assert.Contains(lines, line => line.Contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"看,这里\"\")\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_cut_comes_whole_with_the_remark_as_its_last_record()
    {
        for (var i = 0; i < 3; i++) await _city.ObserveAsync("cut", Some.Change(Severity.Blue, i, $"rule-{i}"));
        var text = await ApiClient.TextOf(await _city.Officer.Get("/api/v1/alerts?sensor=cut&format=csv&limit=2"));
        var lines = text.Split("\r\n");
        Assert.Equal((5, ""), (lines.Length, lines[^1]));
        Assert.StartsWith("以上为前 2 条", lines[3], StringComparison.Ordinal);
        Assert.Equal(lines[0].Count(c => c == ','), lines[3].Count(c => c == ','));
    }

    [Fact]
    public async Task A_format_that_nobody_knows_is_refused() =>
        await ApiClient.ProblemOf(await _city.Officer.Get("/api/v1/alerts?format=xlsx"), 400, "format-unknown");
}
