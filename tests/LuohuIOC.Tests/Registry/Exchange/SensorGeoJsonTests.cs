using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Registry.Exchange;
using Xunit;

namespace LuohuIOC.Tests.Registry.Exchange;

public class SensorGeoJsonTests
{
    [Fact]
    public async Task A_faulty_feature_is_refused_by_its_ordinal_and_the_others_stay()
    {
        var file = await Read("""
            { "type": "FeatureCollection", "features": [
              { "type": "Feature", "geometry": { "type": "Point", "coordinates": [114.1336, 22.5553] }, "properties": { "id": "a", "kind": "pipe", "name": "甲站", "gateway": "gw-1", "synthetic": true, "installed_on": null } },
              { "type": "Feature", "geometry": { "type": "LineString", "coordinates": [[114.13, 22.55], [114.14, 22.56]] }, "properties": { "id": "b", "kind": "pipe", "name": "乙站", "gateway": "gw-1" } },
              { "type": "Feature", "geometry": { "type": "Point", "coordinates": ["x"] }, "properties": { "id": "c" } },
              { "type": "Feature", "geometry": null, "properties": { "id": "d", "kind": "generic", "name": "丁站", "gateway": "gw-1" } },
              { "type": "Feature", "geometry": null, "properties": { "id": "e", "kind": "pipe", "name": "戊站", "gateway": "gw-1" } },
              { "type": "Feature", "geometry": { "type": "Point", "coordinates": [114.1336, 22.5553] }, "properties": null },
              42, null,
              { "type": "Feature", "geometry": { "type": "Point", "coordinates": [] }, "properties": { "id": "g", "kind": "pipe", "name": "庚站", "gateway": "gw-1" } },
              { "type": "Feature", "geometry": { "type": "Point", "coordinates": [114.1336, 22.5553] }, "properties": { "id": "z", "kind": "smoke", "name": "壬", "gateway": "gw-1" } }
            ] }
            """);
        Assert.Equal(["a", "d", "z"], file.Drafts.Select(d => d.Id));
        Assert.True(file.Drafts[0].Synthetic);
        Assert.Equal(SensorFields.Synthetic | SensorFields.InstalledOn, file.Drafts[0].Given);
        Assert.Equal(Some.Place, file.Drafts[0].Place);
        Assert.Equal([2, 3, 5, 6, 7, 8, 9], file.Refused.Select(r => r.Line).Distinct().Order());
        Some.AssertTextsFor(file.Refused);
        Assert.Equal(("b", "geometry", "not-a-point", "LineString"), file.Refused.Where(r => r.Line == 2).Select(r => (r.Id, r.Field, r.Code, r.Value)).Single());
        Assert.Equal(["longitude", "latitude"], file.Refused.Where(r => r.Line == 5).Select(r => r.Field));
    }

    [Theory]
    [InlineData("{", "import-not-json")]
    [InlineData("[]", "import-not-features")]
    [InlineData("""{ "type": "FeatureCollection" }""", "import-not-features")]
    [InlineData("""{ "features": {} }""", "import-not-features")]
    [InlineData("""{ "features": [{ "type": "Feature", "geometry": null, "properties": { "id": "\ud800" } }] }""", "import-not-utf8")]
    public async Task What_is_no_feature_collection_is_no_import(string text, string code)
    {
        var error = await Assert.ThrowsAsync<ImportFileException>(() => Read(text));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_no_import()
    {
        // 罗湖 in GBK.
        byte[] name = [0xC2, 0xDE, 0xBA, 0xFE];
        byte[] file = [.. "{\"features\":[{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"name\":\""u8, .. name, .. "\"}}]}"u8];
        var error = await Assert.ThrowsAsync<ImportFileException>(() => SensorGeoJson.ReadAsync(new MemoryStream(file), FileDatum.Wgs84, TestContext.Current.CancellationToken));
        Assert.Equal("import-not-utf8", error.Code);
    }

    [Fact]
    public async Task Leaves_as_points_that_say_what_is_synthetic()
    {
        var registry = Some.Registry(Some.Draft("a", name: "=甲") with { Synthetic = true }, Some.Draft("g", SensorKind.Generic) with { Place = null });
        var features = await Features(stream => SensorGeoJson.WriteAsync(registry.All.ToArray(), stream, TestContext.Current.CancellationToken));
        Assert.Equal("Point", features[0].GetProperty("geometry").GetProperty("type").GetString());
        Assert.Equal([114.1336, 22.5553], features[0].GetProperty("geometry").GetProperty("coordinates").EnumerateArray().Select(c => c.GetDouble()));
        Assert.True(features[0].GetProperty("properties").GetProperty("synthetic").GetBoolean());
        Assert.Equal("=甲", features[0].GetProperty("properties").GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, features[1].GetProperty("geometry").ValueKind);
    }

    [Fact]
    public async Task The_network_leaves_as_lines_in_the_direction_of_flow()
    {
        var up = Some.Draft("up", downstream: "down") with { Place = Some.Place.Offset(100, 0), Synthetic = true };
        var registry = Some.Registry(Some.Draft("down", SensorKind.Outfall), up);
        var link = Assert.Single(await Features(stream => SensorGeoJson.WriteNetworkAsync(registry.Network, stream, TestContext.Current.CancellationToken)));
        Assert.Equal(up.Place.Value.Longitude, link.GetProperty("geometry").GetProperty("coordinates")[0][0].GetDouble());
        var properties = link.GetProperty("properties");
        Assert.Equal(("up", "down", "pipe", "outfall", true), (
            properties.GetProperty("from").GetString(), properties.GetProperty("to").GetString(),
            properties.GetProperty("from_kind").GetString(), properties.GetProperty("to_kind").GetString(), properties.GetProperty("synthetic").GetBoolean()));
    }

    private static async Task<List<JsonElement>> Features(Func<Stream, Task> write)
    {
        using var stream = new MemoryStream();
        await write(stream);
        var root = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal("FeatureCollection", root.GetProperty("type").GetString());
        return [.. root.GetProperty("features").EnumerateArray()];
    }

    private static Task<ImportFile> Read(string text) =>
        SensorGeoJson.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), FileDatum.Wgs84, TestContext.Current.CancellationToken);
}
