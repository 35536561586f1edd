using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry.Exchange;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Http;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public class ImportEndpointTests
{
    private const string Path = "/api/v1/sensors/import";

    private const string Csv = """
        id,kind,name,longitude,latitude,gateway,downstream
        p-1,pipe,甲站,114.1336,22.5553,gw-1,p-2
        p-2,pipe,乙站,114.1346,22.5553,gw-1,p-1
        p-3,teapot,丙站,114.1346,22.5553,gw-1,
        p-4,pipe,丁站,114.1346,22.5553,gw-1,
        """;

    [Fact]
    public async Task Good_rows_stay_bad_ones_are_told_in_the_callers_language_and_all_is_stored()
    {
        await using var host = await RegistryHost.EmptyAsync();
        var outcome = await ApiClient.JsonOf(await host.Administrator.Post(Path, Csv, "text/csv"));
        Assert.Equal((1, 0, 0, 3), Counts(outcome));
        var refused = outcome.GetProperty("refused").EnumerateArray().ToList();
        Assert.Equal([(2, "downstream"), (3, "downstream"), (4, "kind")], refused.Select(r => (r.GetProperty("line").GetInt32(), r.GetProperty("field").GetString())));
        Assert.Contains("成环", refused[1].GetProperty("reason").GetString());
        Assert.Equal(["p-4"], new LuohuIOC.Registry.RegistryFile(System.IO.Path.Combine(host.Host.DataDirectory, "registry.db")).Load().Select(s => s.Id));

        host.Administrator.Headers.Add("Accept-Language", "en");
        outcome = await ApiClient.JsonOf(await host.Administrator.Post(Path, Csv, "text/csv"));
        Assert.Equal((0, 0, 1, 3), Counts(outcome));
        Assert.Contains("loop", outcome.GetProperty("refused")[1].GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("application/geo+json")]
    [InlineData("application/json")]
    public async Task GeoJSON_is_taken_by_its_media_type(string mediaType)
    {
        await using var host = await RegistryHost.EmptyAsync();
        const string Body = """
            {"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[114.1336,22.5553]},
            "properties":{"id":"a","kind":"pipe","name":"甲站","gateway":"gw-1"}}]}
            """;
        Assert.Equal((1, 0, 0, 0), Counts(await ApiClient.JsonOf(await host.Administrator.Post(Path, Body, mediaType))));
        Assert.Equal((0, 0, 1, 0), Counts(await ApiClient.JsonOf(await host.Administrator.Post(Path, Body, mediaType))));
    }

    [Fact]
    public async Task Columns_that_are_none_of_ours_are_named_so_that_a_mistyped_one_is_seen()
    {
        await using var host = await RegistryHost.EmptyAsync();
        const string Csv = "id,kind,name,longitude,latitude,gateway,retired at,,备注\na,pipe,甲站,114.1336,22.5553,gw-1,2024-05-01,,x\n";
        Assert.Equal(["retired at", "备注"], Ignored(await ApiClient.JsonOf(await host.Administrator.Post(Path, Csv, "text/csv"))));
        const string Json = """
            {"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[114.1336,22.5553]},
            "properties":{"id":"a","kind":"pipe","name":"甲站","gateway":"gw-1","longitude":1,"retiredAt":"2024-05-01"}},
            {"type":"Feature","geometry":null,"properties":{"retiredAt":""}}]}
            """;
        Assert.Equal(["retiredAt"], Ignored(await ApiClient.JsonOf(await host.Administrator.Post(Path, Json, "application/json"))));

        static IEnumerable<string?> Ignored(JsonElement outcome) => outcome.GetProperty("ignoredColumns").EnumerateArray().Select(c => c.GetString());
    }

    [Fact]
    public async Task Map_coordinates_are_converted_when_asked()
    {
        await using var host = await RegistryHost.EmptyAsync();
        var gcj = Datum.WgsToGcj(Some.Place);
        var body = FormattableString.Invariant($"id,kind,name,longitude,latitude,gateway\na,pipe,甲站,{gcj.Longitude},{gcj.Latitude},gw-1\n");
        await host.Administrator.Post($"{Path}?datum=gcj02", body, "text/csv");
        Assert.InRange(host.Registry[0].Place!.Value.MetresTo(Some.Place), 0, 0.01);
        var problem = await ApiClient.ProblemOf(await host.Administrator.Post($"{Path}?datum=mars", body, "text/csv"), 400, "sensor-query-invalid");
        Assert.Contains("gcj02", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("text/plain", "id", 415, "import-media-type")]
    [InlineData("text/csv", "", 400, "import-column-missing")]
    [InlineData("text/csv", "id,kind", 400, "import-column-missing")]
    [InlineData("text/csv", "id,id", 400, "import-column-twice")]
    [InlineData("application/json", "{", 400, "import-not-json")]
    [InlineData("application/json", "[]", 400, "import-not-features")]
    public async Task A_file_that_is_none_is_a_problem(string mediaType, string body, int status, string code)
    {
        await using var host = await RegistryHost.EmptyAsync();
        await ApiClient.ProblemOf(await host.Administrator.Post(Path, body, mediaType), status, code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_too_large_is_not_read_to_its_end(bool tellsItsLength)
    {
        await using var host = await RegistryHost.EmptyAsync("--Registry:ImportBytesMax=1000");
        using var http = new HttpClient { BaseAddress = new Uri(host.Host.Address) };
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(Csv + new string('\n', 2000), System.Text.Encoding.UTF8, "text/csv") };
        request.Headers.Authorization = host.Administrator.Headers.Authorization;
        request.Headers.TransferEncodingChunked = !tellsItsLength;
        await ApiClient.ProblemOf(await http.SendAsync(request, TestContext.Current.CancellationToken), 413, "import-too-large");
        Assert.Equal(0, host.Registry.Count);
    }

    [Fact]
    public async Task The_network_and_the_streets_have_their_addresses()
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(Some.Draft("o", SensorKind.Outfall), Some.Draft("p", downstream: "o")));
        var network = await ApiClient.JsonOf(await host.Viewer.Get("/api/v1/network"));
        Assert.Equal("p", network.GetProperty("features")[0].GetProperty("properties").GetProperty("from").GetString());
        var streets = await ApiClient.JsonOf(await host.Viewer.Get("/api/v1/streets"));
        Assert.Equal((10, 83, 109), (
            streets.GetProperty("items").GetArrayLength(), streets.GetProperty("communityCount").GetInt32(), streets.GetProperty("residentsCommitteeCount").GetInt32()));
        Assert.Equal(JsonValueKind.Null, streets.GetProperty("next").ValueKind);
    }

    [Fact]
    public void Columns_have_texts_and_every_text_its_reason_in_both_languages()
    {
        var source = string.Concat(new[] { "ImportCheck.cs", "Exchange/SensorRow.cs", "Exchange/SensorCsv.cs", "Exchange/SensorGeoJson.cs" }
            .Select(f => Repository.Read($"src/LuohuIOC/Registry/{f}")));
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
        {
            var keys = TextBook.Keys(language).Where(k => k.StartsWith("registry.", StringComparison.Ordinal)).ToList();
            Assert.All(SensorColumns.All, c => Assert.Contains($"registry.column.{c}", keys));
            // No text without a reason that is given; Some.AssertTextsFor looks the other way.
            Assert.All(keys.Where(k => k.StartsWith("registry.refused.", StringComparison.Ordinal)), k => Assert.Contains($"\"{k["registry.refused.".Length..]}\"", source));
        }
        Assert.Equal(TextBook.Keys(TextBook.Chinese).Order(), TextBook.Keys(TextBook.English).Order());
    }

    private static (int, int, int, int) Counts(JsonElement outcome) => (
        outcome.GetProperty("added").GetInt32(), outcome.GetProperty("changed").GetInt32(), outcome.GetProperty("unchanged").GetInt32(), outcome.GetProperty("refusedRows").GetInt32());
}
