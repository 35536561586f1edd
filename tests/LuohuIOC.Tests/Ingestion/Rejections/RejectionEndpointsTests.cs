using LuohuIOC.DeviceProtocol;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Stations;
using LuohuIOC.Registry;
using LuohuIOC.Tests.Http;
using LuohuIOC.Texts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Rejections;

public sealed class RejectionEndpointsTests
{
    [Fact]
    public async Task A_page_is_refused_with_the_range_when_it_is_out_of_it()
    {
        await using var host = await WebHost.StartAsync(add: builder => builder.Services.AddSingleton<RejectionStore>(), map: app => app.MapRejections());
        using var viewer = host.ClientAs(Role.Viewer);
        foreach (var limit in new[] { 0, -1, 1001, 999_999 })
            Assert.Contains("1000", (await ApiClient.ProblemOf(await viewer.Get($"/api/v1/rejections?limit={limit}"), 400, "rejection-limit")).GetProperty("detail").GetString());
        Assert.True((await viewer.Get("/api/v1/rejections?limit=1000")).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("/api/v1/stations/sl651/0012345678/records")]
    public async Task A_page_of_nothing_is_no_question_and_a_large_one_is_cut(string path)
    {
        await using var host = await WebHost.StartAsync(
            add: builder => builder.Services.AddSingleton<RejectionStore>().AddSingleton<StationRecords>(),
            map: app =>
            {
                app.MapRejections();
                app.MapStationRecords();
            });
        using var officer = host.ClientAs(Role.DutyOfficer);
        foreach (var limit in new[] { 0, -1 }) await ApiClient.ProblemOf(await officer.Get($"{path}?limit={limit}"), 400, "limit-out-of-range");
        Assert.True((await officer.Get($"{path}?limit=1000000")).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("""{"ts":1732262400,"values":{"level":1}}""", "像是以秒为单位", "seems to be in seconds")]
    [InlineData("""{"a":[{"ts" : 999999999,"values":{"level":1}}]}""", "像是以秒为单位", "seems to be in seconds")]
    [InlineData("""{"ts":5732262400000,"values":{"level":1}}""", "2099", "2099")]
    [InlineData("""{"ts":17,"values":{"level":1}}""", "2099", "2099")]
    public void A_time_in_seconds_is_told_as_that(string payload, string chinese, string english)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(payload);
        var rejection = new Rejection(0, "gw-1", "luohu/v1/gw-1/a/telemetry", RejectionReason.TsOutOfRange, "a", 0, "", bytes.Length, bytes);
        Assert.Contains(chinese, RejectionEndpoints.TextOf(rejection, new SensorRegistry(), TextBook.Chinese));
        Assert.Contains(english, RejectionEndpoints.TextOf(rejection, new SensorRegistry(), TextBook.English));
        Assert.DoesNotContain("像是以秒为单位", RejectionEndpoints.TextOf(rejection with { Reason = RejectionReason.ValuesMissing }, new SensorRegistry(), TextBook.Chinese));
    }

    [Theory]
    [InlineData("7B7D", "EFBBBF", "BOM")]
    [InlineData("7B007D00", "", "UTF-16")]
    [InlineData("FFFE7B007D00", "", "UTF-16")]
    [InlineData("7B226122C4E3", "", "第 5 字节起不是 UTF-8")]
    public void What_is_no_UTF_8_is_told_as_that(string hex, string before, string told) =>
        Assert.Contains(told, TextOfNoJson(Convert.FromHexString(before + hex), null));

    [Theory]
    [InlineData("""{"ts":1,"values":{"level":NaN}}""", "第 27 字节处的 NaN")]
    [InlineData("""{"ts":1,"values":{"level":-Infinity}}""", "第 27 字节处的 -Infinity")]
    [InlineData("""{"ts":1,"values":{"level":1}""", "到第 28 字节就断了")]
    [InlineData("""{"ts":1,""", "到第 8 字节就断了")]
    [InlineData("""{"ts":1,"values":""", "到第 17 字节就断了")]
    [InlineData("""{"ts":1,"val""", "到第 12 字节就断了")]
    [InlineData("""{"ts":1}{"ts":2}""", "第 9 字节起还有多余内容")]
    [InlineData("{\"ts\":1}\0", "第 9 字节起还有多余内容")]
    [InlineData("""{"ts":1,}""", "第 9 字节处不合 JSON 语法")]
    [InlineData("{\n \"ts\": 1\n \"seq\": 2}", "第 13 字节处不合 JSON 语法")]
    [InlineData("not json", "第 2 字节处不合 JSON 语法")]
    [InlineData("[[[[[[[[[1]]]]]]]]]", "嵌套超过 8 层")]
    public void What_is_no_JSON_is_told_with_its_place(string payload, string told) =>
        Assert.Contains(told, TextOfNoJson(System.Text.Encoding.UTF8.GetBytes(payload), null));

    [Fact]
    public void Of_a_long_payload_only_the_first_bytes_speak()
    {
        var good = System.Text.Encoding.UTF8.GetBytes(string.Concat("{\"a\":\"", new string('水', 200)))[..Rejection.FirstBytesMax];
        Assert.Contains("前 256 字节之后", TextOfNoJson(good, 1000));
        Assert.Contains("嵌套超过 8 层", TextOfNoJson([.. Enumerable.Repeat((byte)'[', Rejection.FirstBytesMax)], 6000));
    }

    [Fact]
    public void A_metric_that_a_kind_has_not_is_told_with_those_that_it_has()
    {
        var registry = Registry.Some.Registry(Registry.Some.Draft("s-1", kind: SensorKind.Slope));
        var rejection = new Rejection(0, "gw-1", "luohu/v1/gw-1/s-1/telemetry", RejectionReason.MetricUnknown, "s-1", 0, "level", 2, [1, 2]);
        Assert.Contains("displacement、tilt", RejectionEndpoints.TextOf(rejection, registry, TextBook.Chinese));
        Assert.Contains("displacement, tilt", RejectionEndpoints.TextOf(rejection, registry, TextBook.English));
        Assert.DoesNotContain("displacement", RejectionEndpoints.TextOf(rejection with { Sensor = "s-2" }, registry, TextBook.English));
    }

    [Fact]
    public void A_metric_of_a_sensor_of_any_metrics_is_told_for_its_name_or_for_the_room()
    {
        var registry = Registry.Some.Registry(Registry.Some.Draft("s-1", kind: SensorKind.Generic));
        var rejection = new Rejection(0, "gw-1", "luohu/v1/gw-1/s-1/telemetry", RejectionReason.MetricUnknown, "s-1", 0, "Speed", 2, [1, 2]);
        Assert.Contains("指标名不合规", RejectionEndpoints.TextOf(rejection, registry, TextBook.Chinese));
        registry.TryFind("s-1", out var sensor);
        for (var i = 0; sensor!.Layout.Names.Count < MetricLayout.MetricsMax; i++) sensor = registry.WithMetric(sensor, $"m{i}");
        Assert.Contains("已满 64 个", RejectionEndpoints.TextOf(rejection with { Metric = "speed" }, registry, TextBook.Chinese));
        Assert.Contains("指标名不合规", RejectionEndpoints.TextOf(rejection, registry, TextBook.Chinese));
    }

    private static string TextOfNoJson(byte[] first, int? payloadBytes) => RejectionEndpoints.TextOf(
        new Rejection(0, "gw-1", "luohu/v1/gw-1/a/telemetry", RejectionReason.NotJson, "a", -1, "", payloadBytes ?? first.Length, first), new SensorRegistry(), TextBook.Chinese);
}
