using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Upkeep;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.History.Upkeep;

public sealed class ExportEndpointTests
{
    [Fact]
    public async Task A_day_that_is_not_over_is_told_as_that()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        await using var host = await WebHost.StartAsync(
            add: builder => builder.Services.AddSingleton(new ParquetExport(scene.History, scene.Folder)), map: app => ExportEndpoint.Map(app));
        // The clock stands at 2:00 of the eighth in Shanghai.
        var now = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await scene.AppendAsync(new SomeReading(0, now - 60_000), new SomeReading(0, now - 86_400_000));
        using var administrator = host.ClientAs(Role.Administrator);
        var today = await ApiClient.JsonOf(await administrator.Post("/api/v1/history/export?day=2023-09-08", ""));
        Assert.False(today.GetProperty("complete").GetBoolean());
        Assert.Contains("2023-09-08 尚未结束", today.GetProperty("note").GetString());
        Assert.Equal(1, today.GetProperty("rows").GetInt64());
        var before = await ApiClient.JsonOf(await administrator.Post("/api/v1/history/export?day=2023-09-07", ""));
        Assert.True(before.GetProperty("complete").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, before.GetProperty("note").ValueKind);
        host.Clock.Advance(TimeSpan.FromHours(22));
        Assert.True((await ApiClient.JsonOf(await administrator.Post("/api/v1/history/export?day=2023-09-08", ""))).GetProperty("complete").GetBoolean());
    }
}
