using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Stations;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Rejections;

public sealed class RejectionEndpointsTests
{
    [Theory]
    [InlineData("/api/v1/rejections")]
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
}
