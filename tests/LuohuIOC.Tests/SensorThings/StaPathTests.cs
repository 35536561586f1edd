using System.Net;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.SensorThings;
using LuohuIOC.Tests.History;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Some = LuohuIOC.Tests.Registry.Some;

namespace LuohuIOC.Tests.SensorThings;

/// <summary>Paths to properties, to values alone and to addresses (OGC SensorThings 1.1, 9.2), through HTTP.</summary>
public sealed class StaPathTests
{
    [Theory]
    [InlineData("Things('a')/name", """{"name":"name of a"}""")]
    [InlineData("Things('a')/properties/kind", """{"kind":"pipe"}""")]
    [InlineData("Things('a')/id", """{"id":"a"}""")]
    [InlineData("Datastreams('a:level')/unitOfMeasurement/symbol", """{"symbol":"m"}""")]
    [InlineData("Datastreams('a:level')/Thing/Locations('a')/encodingType", """{"encodingType":"application/geo+json"}""")]
    [InlineData("Things('a')/name/$value", "name of a")]
    [InlineData("Things('a')/properties/synthetic/$value", "false")]
    [InlineData("Datastreams('a:level')/unitOfMeasurement/$value", """{"name":"m","symbol":"m","definition":"http://unitsofmeasure.org/ucum#m"}""")]
    [InlineData("Datastreams('a:level')/ObservedProperty/$ref", """{"@iot.selfLink":"{root}/ObservedProperties('level')"}""")]
    [InlineData("Datastreams('a:level')/Thing/Locations/$ref", """{"value":[{"@iot.selfLink":"{root}/Locations('a')"}]}""")]
    [InlineData("Things/$ref?$filter=name eq 'name of b'&$count=true", """{"@iot.count":1,"value":[{"@iot.selfLink":"{root}/Things('b')"}]}""")]
    [InlineData("Things('a')/HistoricalLocations", """{"value":[]}""")]
    [InlineData("HistoricalLocations?$filter=time ge 2023-01-01&$expand=Locations", """{"value":[]}""")]
    public async Task A_path_leads_to_what_it_names(string path, string expected)
    {
        await using var scene = new HistoryScene();
        await using var host = await StartAsync(scene);
        using var viewer = host.ClientAs(Role.Viewer);
        var answer = await viewer.Get("/sta/v1.1/" + path);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expected, text.Replace(Root(answer), "{root}").Replace("\\u0027", "'").Replace("\\u002B", "+").TrimEnd());
    }

    [Theory]
    [InlineData("Datastreams('a:level')/resultTime", HttpStatusCode.NoContent)]
    [InlineData("Datastreams('a:level')/resultTime/$value", HttpStatusCode.NoContent)]
    [InlineData("Things('a')/nmae", HttpStatusCode.NotFound)]
    [InlineData("Things('a')/properties/nmae", HttpStatusCode.NotFound)]
    [InlineData("Things('a')/name/more", HttpStatusCode.NotFound)]
    [InlineData("Things('a')/name/$ref", HttpStatusCode.NotFound)]
    [InlineData("Things('x')/name", HttpStatusCode.NotFound)]
    [InlineData("Things/name", HttpStatusCode.NotFound)]
    [InlineData("Things('a')/$value", HttpStatusCode.NotFound)]
    [InlineData("HistoricalLocations('a')", HttpStatusCode.NotFound)]
    [InlineData("$ref", HttpStatusCode.NotFound)]
    [InlineData("Things('a')/name?$select=name", HttpStatusCode.BadRequest)]
    [InlineData("Things/$ref?$select=name", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_is_told_from_what_is_empty(string path, HttpStatusCode expected)
    {
        await using var scene = new HistoryScene();
        await using var host = await StartAsync(scene);
        using var viewer = host.ClientAs(Role.Viewer);
        Assert.Equal(expected, (await viewer.Get("/sta/v1.1/" + path)).StatusCode);
    }

    /// <summary>Whoever reads new Observations finds the broker in the description (clause 9.1.2).</summary>
    [Fact]
    public async Task The_description_names_what_is_served_and_where_observations_come_from()
    {
        await using var scene = new HistoryScene();
        await using var host = await StartAsync(scene);
        using var viewer = host.ClientAs(Role.Viewer);
        var answer = await ApiClient.JsonOf(await viewer.Get("/sta/v1.1"));
        foreach (var collection in answer.GetProperty("value").EnumerateArray())
        {
            var path = new Uri(collection.GetProperty("url").GetString()!).AbsolutePath;
            Assert.Equal(path.EndsWith("/Observations") ? HttpStatusCode.BadRequest : HttpStatusCode.OK, (await viewer.Get(path)).StatusCode);
        }
        var settings = answer.GetProperty("serverSettings");
        const string updates = "http://www.opengis.net/spec/iot_sensing/1.1/req/receive-updates-via-mqtt/receive-updates";
        Assert.Contains(updates, settings.GetProperty("conformance").EnumerateArray().Select(c => c.GetString()));
        Assert.EndsWith(":1883", settings.GetProperty(updates).GetProperty("endpoints")[0].GetString());
    }

    private static string Root(HttpResponseMessage answer) => answer.RequestMessage!.RequestUri!.GetLeftPart(UriPartial.Authority) + "/sta/v1.1";

    private static async Task<WebHost> StartAsync(HistoryScene scene)
    {
        var host = await WebHost.StartAsync(add: b => b.Services.AddSingleton(scene.Queries), map: a => a.MapSensorThings());
        host.Services.GetRequiredService<SensorRegistry>().Apply(Some.File(Some.Draft("a") with { Name = "name of a" }, Some.Draft("b") with { Name = "name of b" }));
        return host;
    }
}
