using System.Net;
using System.Text.Json;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Wall;

public sealed class BaseMapTests
{
    private static readonly byte[] Picture = [0x89, 0x50, 0x4e, 0x47];

    [Fact]
    public async Task Tiles_come_through_the_host_and_the_providers_key_stays_there()
    {
        await using var provider = await ProviderAsync();
        var address = $"{provider.Urls.First()}/wmts?TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}";
        await using var host = await CityHost.StartAsync(settings:
            [$"--Wall:BaseMap:Layers:0={address}", "--Wall:BaseMap:Key=a secret", "--Wall:BaseMap:Datum=Gcj02", "--Wall:BaseMap:Attribution=somebody"]);
        using var viewer = host.ClientAs(Role.Viewer);
        var settings = await viewer.Get("/api/v1/wall/settings");
        var text = await ApiClient.TextOf(settings);
        Assert.DoesNotContain("secret", text);
        var map = JsonDocument.Parse(text).RootElement.GetProperty("baseMap");
        Assert.Equal(("gcj02", "somebody", "/api/v1/wall/tiles/0/{z}/{x}/{y}"), (map.GetProperty("datum").GetString(), map.GetProperty("attribution").GetString(), map.GetProperty("tiles")[0].GetString()));

        var tile = await viewer.Get("/api/v1/wall/tiles/0/12/3346/1785");
        Assert.Equal(Picture, await tile.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("image/png", true), (tile.Content.Headers.ContentType!.MediaType, tile.Headers.CacheControl!.Private));
        foreach (var outside in new[] { "1/12/1/1", "0/12/4096/0", "0/12/0/4096", "0/25/0/0" })
            Assert.Equal(HttpStatusCode.NotFound, (await viewer.Get($"/api/v1/wall/tiles/{outside}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, (await viewer.Get("/api/v1/wall/tiles/0/3/1/1")).StatusCode);
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_base_map()
    {
        await using var host = await CityHost.StartAsync();
        using var viewer = host.ClientAs(Role.Viewer);
        var settings = await ApiClient.JsonOf(await viewer.Get("/api/v1/wall/settings"));
        Assert.Equal(JsonValueKind.Null, settings.GetProperty("baseMap").ValueKind);
        Assert.Equal(30, settings.GetProperty("rotationSeconds").GetDouble());
        using var stranger = new HttpClient { BaseAddress = new Uri(host.Address) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/v1/wall/tiles/0/1/0/0", TestContext.Current.CancellationToken)).StatusCode);
    }

    /// <summary>Answers a picture to zoom 12 with the right key, and a page of text to anything else.</summary>
    private static Task<WebApplication> ProviderAsync() => WebPage.StartAsync(context =>
    {
        var query = context.Request.Query;
        var isThere = context.Request.Path == "/wmts" && query["tk"] == "a secret" && query["TILEMATRIX"] == "12" && query["TILECOL"] == "3346" && query["TILEROW"] == "1785";
        return (isThere ? Results.Bytes(Picture, "image/png") : Results.Text("no")).ExecuteAsync(context);
    });
}
