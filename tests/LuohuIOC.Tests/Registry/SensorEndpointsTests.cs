using System.Net;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public class SensorEndpointsTests
{
    [Fact]
    public async Task The_default_district_is_there_at_first_start()
    {
        await using var host = await RegistryHost.StartAsync();
        Assert.Equal(21, (await ItemsOf(host.Viewer, "/api/v1/sensors?kind=waterlogging")).Count);
        Assert.Equal(181, (await ItemsOf(host.Viewer, "/api/v1/sensors?kind=outfall,water_quality")).Count);
        Assert.Equal(21, (await ItemsOf(host.Viewer, "/api/v1/sensors?KIND=waterlogging&Limit=500")).Count);
        var point = (await ItemsOf(host.Viewer, "/api/v1/sensors?q=waterlogging-01"))[0];
        Assert.Equal("waterlogging", point.GetProperty("kind").GetString());
        Assert.True(point.GetProperty("synthetic").GetBoolean());
        Assert.Equal("residents_committee", point.GetProperty("communityKind").GetString());
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap()
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File([.. Enumerable.Range(0, 25).Select(i => Some.Draft($"s-{i:D2}"))]));
        var seen = new List<string?>();
        string? next = null;
        do
        {
            var page = await ApiClient.JsonOf(await host.Viewer.Get($"/api/v1/sensors?limit=10&after={next}"));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("id").GetString()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"s-{i:D2}"), seen);
    }

    [Theory]
    [InlineData(2147483647)]
    [InlineData(1)]
    public async Task After_the_last_sensor_comes_an_empty_page(int after)
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(Some.Draft("a")));
        var page = await ApiClient.JsonOf(await host.Viewer.Get($"/api/v1/sensors?after={after}"));
        Assert.Equal((0, JsonValueKind.Null), (page.GetProperty("items").GetArrayLength(), page.GetProperty("next").ValueKind));
    }

    [Fact]
    public async Task One_sensor_with_its_neighbours_and_metrics()
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(Some.Draft("o", SensorKind.Outfall), Some.Draft("p", downstream: "o"), Some.Draft("q", downstream: "o")));
        var sensor = await ApiClient.JsonOf(await host.Viewer.Get("/api/v1/sensors/o"));
        Assert.Equal(["p", "q"], sensor.GetProperty("upstream").EnumerateArray().Select(u => u.GetString()));
        Assert.Equal(114.1336, sensor.GetProperty("location").GetProperty("longitude").GetDouble());
        Assert.Equal(JsonValueKind.Null, sensor.GetProperty("retiredAt").ValueKind);
        var flow = sensor.GetProperty("metrics").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "flow");
        Assert.Equal(("m3/s", -20.0, 100.0), (flow.GetProperty("unit").GetString(), flow.GetProperty("minimum").GetDouble(), flow.GetProperty("maximum").GetDouble()));
        Assert.Equal("o", (await ApiClient.JsonOf(await host.Viewer.Get("/api/v1/sensors/p"))).GetProperty("downstream").GetString());
        await ApiClient.ProblemOf(await host.Viewer.Get("/api/v1/sensors/nobody"), 404, "sensor-unknown");
    }

    [Fact]
    public async Task A_generic_sensor_has_no_place_and_metrics_without_units()
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.WithMetric(host.Registry.AutoRegister("auto", "gw-1"), "voltage");
        var sensor = await ApiClient.JsonOf(await host.Viewer.Get("/api/v1/sensors/auto"));
        Assert.Equal(JsonValueKind.Null, sensor.GetProperty("location").ValueKind);
        var metric = sensor.GetProperty("metrics").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "voltage");
        Assert.Equal(JsonValueKind.Null, metric.GetProperty("unit").ValueKind);
    }

    [Theory]
    [InlineData("kind=pipe", "near far")]
    [InlineData("kind=smoke", "fire")]
    [InlineData("street=莲塘街道", "far")]
    [InlineData("street=440303008", "far")]
    [InlineData("gateway=gw-2", "fire")]
    [InlineData("q=名称", "fire")]
    [InlineData("q=NEA", "near")]
    [InlineData("bbox=114.13,22.55,114.14,22.56", "near fire")]
    [InlineData("bbox=114.13,22.55,114.14,22.56&kind=pipe", "near")]
    [InlineData("bbox=114.15,22.5,114.2,22.6", "far")]
    [InlineData("bbox=114.1,22.5,114.15,22.6", "near fire")]
    [InlineData("bbox=114.1,22.56,114.2,22.6", "far")]
    [InlineData("bbox=114.1,22.5,114.2,22.56", "near fire")]
    [InlineData("retired=true", "far")]
    [InlineData("retired=false", "near fire auto")]
    [InlineData("", "near far fire auto")]
    public async Task Filters_narrow_the_list(string query, string expected)
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(
            Some.Draft("near"),
            Some.Draft("far", retiredAt: DateTimeOffset.UnixEpoch) with { Place = new GeoPoint(114.17, 22.565), Street = "莲塘街道" },
            // A plan: it still serves.
            Some.Draft("fire", SensorKind.Smoke, retiredAt: new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero), gateway: "gw-2", name: "一个名称")));
        host.Registry.AutoRegister("auto", "gw-1");
        Assert.Equal(expected, string.Join(' ', (await ItemsOf(host.Viewer, $"/api/v1/sensors?{query}")).Select(s => s.GetProperty("id").GetString())));
    }

    [Theory]
    [InlineData("kind=teapot")]
    [InlineData("kind=pipe,")]
    [InlineData("street=福田街道")]
    [InlineData("bbox=1,2,3")]
    [InlineData("bbox=114.2,22.5,114.1,22.6")]
    [InlineData("bbox=NaN,22.5,114.1,22.6")]
    [InlineData("limit=0")]
    [InlineData("limit=10001")]
    [InlineData("after=x")]
    [InlineData("retired=perhaps")]
    [InlineData("bbox=114.1,22.5,114.2,90.1")]
    [InlineData("bbox=-180.1,22.5,114.2,22.6")]
    [InlineData("bom=maybe")]
    public async Task A_parameter_that_cannot_be_understood_is_named(string query)
    {
        await using var host = await RegistryHost.EmptyAsync();
        var problem = await ApiClient.ProblemOf(await host.Viewer.Get($"/api/v1/sensors?{query}"), 400, "sensor-query-invalid");
        Assert.Contains(query.Split('=')[0], problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("kind=teapot", "waterlogging")]
    [InlineData("street=x", "/api/v1/streets")]
    [InlineData("bbox=114.2,22.5,114.1,22.6", "bbox=west,south,east,north")]
    [InlineData("limit=10001", "10000")]
    [InlineData("after=x", "next")]
    [InlineData("retired=perhaps", "false")]
    [InlineData("bom=maybe", "false")]
    public async Task A_parameter_that_cannot_be_understood_is_told_what_it_may_be(string query, string told)
    {
        await using var host = await RegistryHost.EmptyAsync();
        foreach (var language in new[] { "zh-CN", "en" })
        {
            host.Viewer.Headers.Remove("Accept-Language");
            host.Viewer.Headers.Add("Accept-Language", language);
            var problem = await ApiClient.ProblemOf(await host.Viewer.Get($"/api/v1/sensors?{query}"), 400, "sensor-query-invalid");
            Assert.Contains(told, problem.GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task The_description_types_a_number_as_one_and_asks_for_no_time_of_retirement()
    {
        await using var host = await RegistryHost.EmptyAsync();
        var document = await ApiClient.JsonOf(await host.Viewer.Get("/openapi/v1.json"));
        var limit = document.GetProperty("paths").GetProperty("/api/v1/sensors").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == "limit");
        Assert.Equal("integer", limit.GetProperty("schema").GetProperty("type").GetString());
        Assert.False(document.GetProperty("components").GetProperty("schemas").GetProperty("RetireRequest").TryGetProperty("required", out _));
    }

    [Fact]
    public async Task The_list_leaves_as_GeoJSON_or_CSV_when_asked_for_and_whole()
    {
        await using var host = await RegistryHost.StartAsync();
        host.Viewer.Headers.Add("Accept", "application/geo+json");
        var response = await host.Viewer.Get("/api/v1/sensors");
        Assert.Equal("application/geo+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(host.Registry.Count, (await ApiClient.JsonOf(response)).GetProperty("features").GetArrayLength());
        host.Viewer.Headers.Remove("Accept");
        host.Viewer.Headers.Add("Accept", "text/html, text/csv;q=0.9");
        response = await host.Viewer.Get("/api/v1/sensors?kind=tide&bom=true");
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        Assert.Equal(3, System.Text.Encoding.UTF8.GetString(bytes).TrimEnd().Split("\r\n").Length);
    }

    [Fact]
    public async Task A_retired_sensor_keeps_its_number_through_a_restart()
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(Some.Draft("a"), Some.Draft("b")));
        var retired = await ApiClient.JsonOf(await host.Administrator.Post("/api/v1/sensors/b/retire", ""));
        Assert.Equal(host.Host.Clock.GetUtcNow(), retired.GetProperty("retiredAt").GetDateTimeOffset());
        await ApiClient.ProblemOf(await host.Administrator.Post("/api/v1/sensors/nobody/retire", ""), 404, "sensor-unknown");
        var stored = new LuohuIOC.Registry.RegistryFile(Path.Combine(host.Host.DataDirectory, "registry.db")).Load();
        Assert.Equal(host.Registry.All.ToArray(), stored);
    }

    [Fact]
    public async Task Only_administrators_change_sensors_and_nobody_reads_without_a_token()
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(Some.Draft("a")));
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Viewer.Post("/api/v1/sensors/a/retire", "")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Viewer.Post("/api/v1/sensors/import", "", "text/csv")).StatusCode);
        foreach (var path in new[] { "/api/v1/sensors", "/api/v1/sensors/a", "/api/v1/network", "/api/v1/streets" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.Host.Client.Get(path)).StatusCode);
        Assert.Null(host.Registry[0].RetiredAt);
    }

    private static async Task<List<JsonElement>> ItemsOf(ApiClient client, string path) =>
        [.. (await ApiClient.JsonOf(await client.Get(path))).GetProperty("items").EnumerateArray()];
}
