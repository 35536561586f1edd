using LuohuIOC.DeviceProtocol;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Stations;
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
        foreach (var limit in new[] { 0, -1 }) await ApiClient.ProblemOf(await officer.Get($"{path}?limit={limit}"), 400, "bad-parameter");
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
        Assert.Contains(chinese, RejectionEndpoints.TextOf(rejection, TextBook.Chinese));
        Assert.Contains(english, RejectionEndpoints.TextOf(rejection, TextBook.English));
        Assert.DoesNotContain("像是以秒为单位", RejectionEndpoints.TextOf(rejection with { Reason = RejectionReason.ValuesMissing }, TextBook.Chinese));
    }
}
