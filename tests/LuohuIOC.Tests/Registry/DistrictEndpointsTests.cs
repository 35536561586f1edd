using LuohuIOC.DeviceProtocol;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public sealed class DistrictEndpointsTests
{
    [Fact]
    public async Task The_map_comes_as_geojson_and_says_what_is_approximate()
    {
        await using var host = await RegistryHost.EmptyAsync();
        var response = await host.Viewer.Get("/api/v1/district");
        Assert.Equal("application/geo+json", response.Content.Headers.ContentType!.MediaType);
        var features = (await ApiClient.JsonOf(response)).GetProperty("features").EnumerateArray().ToArray();
        Assert.Equal(10, features.Count(f => f.GetProperty("properties").GetProperty("layer").GetString() == "street"));
        Assert.All(features, f => Assert.Equal(
            f.GetProperty("properties").GetProperty("layer").GetString() != "boundary", f.GetProperty("properties").GetProperty("approximate").GetBoolean()));
    }

    [Fact]
    public async Task Kinds_are_those_of_the_firmware_contract_with_units_and_silence()
    {
        await using var host = await RegistryHost.EmptyAsync();
        var items = (await ApiClient.JsonOf(await host.Viewer.Get("/api/v1/kinds"))).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(KindCatalogue.All.Select(k => k.Name), items.Select(i => i.GetProperty("name").GetString()));
        var point = items.Single(i => i.GetProperty("name").GetString() == "waterlogging");
        Assert.Equal(1800, point.GetProperty("silenceSeconds").GetDouble());
        var depth = point.GetProperty("metrics").EnumerateArray().First();
        Assert.Equal(("depth", "m", 5.0), (depth.GetProperty("name").GetString(), depth.GetProperty("unit").GetString(), depth.GetProperty("maximum").GetDouble()));
    }
}
