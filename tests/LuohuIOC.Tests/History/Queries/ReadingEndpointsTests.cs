using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.Queries;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.History.Queries;

/// <summary>Three sensors over HTTP: one with a reading, the next with two, the last with three.</summary>
public sealed class ReadingEndpointsTests : IAsyncLifetime
{
    private readonly HistoryScene _scene = new();
    private WebHost _host = null!;
    private ApiClient _viewer = null!;

    [Theory]
    [InlineData("", 6)]
    [InlineData("?sensor=generic-001", 2)]
    [InlineData("?sensors=generic-001", 2)]
    [InlineData("?sensors=generic-000,generic-002", 4)]
    [InlineData("?sensors=generic-000&sensors=generic-002,generic-000", 4)]
    [InlineData("?sensor=generic-000&sensors=generic-001", 3)]
    [InlineData("?sensors=", 6)]
    [InlineData("?sensors=generic-001,generic-002&from=1732233600001&to=1732233600002", 2)]
    public async Task A_count_is_of_the_sensors_that_were_asked_for(string query, long count)
    {
        var answer = await ApiClient.JsonOf(await _viewer.Get($"/api/v1/readings/count{query}"));

        Assert.Equal(count, answer.GetProperty("count").GetInt64());
    }

    [Theory]
    [InlineData("metric=level")]
    [InlineData("every=1h")]
    [InlineData("aggregate=max")]
    [InlineData("last=1")]
    [InlineData("quality=good")]
    [InlineData("limit=1")]
    [InlineData("after=0.1.1")]
    public async Task What_a_count_does_not_go_by_is_refused_by_its_name(string query)
    {
        var problem = await ApiClient.ProblemOf(await _viewer.Get($"/api/v1/readings/count?sensor=generic-001&{query}"), 400, "readings-count-parameter");

        Assert.Contains(query.Split('=')[0], problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("&from=1732233600000")]
    [InlineData("&from=1732233600000&every=1s")]
    public async Task A_table_that_is_cut_comes_whole_with_the_remark_as_its_last_record(string query)
    {
        await _scene.AppendAsync([new SomeReading(2, StoreScene.Start + 5_000)]);
        var text = await ApiClient.TextOf(await _viewer.Get($"/api/v1/sensors/generic-002/readings?format=csv&limit=1{query}"));

        var lines = text.Split("\r\n");
        Assert.Equal((4, ""), (lines.Length, lines[^1]));
        Assert.StartsWith("以上为前 1 条", lines[2], StringComparison.Ordinal);
        Assert.Equal(lines[0].Count(c => c == ','), lines[2].Count(c => c == ','));
    }

    [Theory]
    [InlineData("readings?sensors=generic-001&from=1732233600000", "generic-001")]
    [InlineData("readings?sensors=generic-001&from=1732233600000&every=1d", "generic-001")]
    [InlineData("sensors/generic-001/readings?from=1732233600000", null)]
    [InlineData("sensors/generic-001/readings?from=1732233600000&every=1d", null)]
    public async Task Items_of_the_address_that_takes_many_sensors_name_theirs_even_if_it_is_one(string path, string? sensor)
    {
        var items = (await ApiClient.JsonOf(await _viewer.Get($"/api/v1/{path}"))).GetProperty("items").EnumerateArray().ToList();

        Assert.NotEmpty(items);
        Assert.All(items, item => Assert.Equal(sensor, item.TryGetProperty("sensor", out var id) ? id.GetString() : null));
    }

    [Theory]
    [InlineData("/api/v1/readings", "limit")]
    [InlineData("/api/v1/sensors/{id}/readings", "limit")]
    [InlineData("/api/v1/sensors/{id}/readings", "last")]
    public async Task The_description_types_a_number_as_one(string path, string name)
    {
        var parameters = (await ApiClient.JsonOf(await _viewer.Get("/openapi/v1.json"))).GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("parameters");

        Assert.Equal("integer", parameters.EnumerateArray().Single(p => p.GetProperty("name").GetString() == name).GetProperty("schema").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_count_of_a_sensor_that_nobody_knows_is_refused()
    {
        await ApiClient.ProblemOf(await _viewer.Get("/api/v1/readings/count?sensors=generic-000,nobody"), 404, "not-found");
        var many = string.Join(',', Enumerable.Range(0, ReadingRequest.SensorsMax + 1).Select(i => $"s-{i}"));
        await ApiClient.ProblemOf(await _viewer.Get($"/api/v1/readings/count?sensors={many}"), 400, "readings-sensors");
    }

    public async ValueTask InitializeAsync()
    {
        var registry = new SensorRegistry();
        for (var i = 0; i < 3; i++) registry.AutoRegister(_scene.AddSensor(SensorKind.Generic, "level").Id, "gw-1");
        await _scene.AppendAsync(Enumerable.Range(0, 3).SelectMany(s => Enumerable.Range(0, s + 1).Select(i => new SomeReading(s, StoreScene.Start + i))));
        _host = await WebHost.StartAsync(
            add: builder =>
            {
                builder.Services.AddSingleton(registry);
                builder.Services.AddSingleton<IReadingHistory>(_scene.History);
                builder.Services.AddSingleton(_scene.Queries);
            },
            map: app => ReadingEndpoints.Map(app));
        // A count without an end goes to the present.
        _host.Clock.Advance(TimeSpan.FromDays(500));
        _viewer = _host.ClientAs(Role.Viewer);
    }

    public async ValueTask DisposeAsync()
    {
        _viewer.Dispose();
        await _host.DisposeAsync();
        await _scene.DisposeAsync();
    }
}
