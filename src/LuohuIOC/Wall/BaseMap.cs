using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Wall;

/// <summary>Coordinates that a map's tiles are drawn in.</summary>
public enum MapDatum
{
    /// <summary>World Geodetic System 1984, the product's own.</summary>
    Wgs84,

    /// <summary>The national system, Tianditu's. Within a metre of WGS84, so nothing is shifted.</summary>
    Cgcs2000,

    /// <summary>The shifted system of licensed street maps: the wall shifts its own layers to fit.</summary>
    Gcj02,
}

/// <summary>Section <c>Wall:BaseMap</c>: tiles below the wall's own layers. Empty, the default, needs no tile server.</summary>
public sealed class BaseMapOptions
{
    /// <summary>
    /// Addresses of tiles in Web Mercator, drawn in this order, with <c>{z}</c>, <c>{x}</c>, <c>{y}</c> and <c>{key}</c>: XYZ or WMTS by key and value. Tianditu:
    /// <c>https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&amp;REQUEST=GetTile&amp;VERSION=1.0.0&amp;LAYER=vec&amp;STYLE=default&amp;TILEMATRIXSET=w&amp;FORMAT=tiles&amp;TILEMATRIX={z}&amp;TILEROW={y}&amp;TILECOL={x}&amp;tk={key}</c>.
    /// </summary>
    public string[] Layers { get; set; } = [];

    /// <summary>Put in place of <c>{key}</c> by the host; browsers never see it.</summary>
    public string Key { get; set; } = "";

    public MapDatum Datum { get; set; } = MapDatum.Cgcs2000;

    /// <summary>Shown in the map's corner, as the provider's licence asks.</summary>
    public string Attribution { get; set; } = "";

    [Range(1, 24)]
    public int ZoomMax { get; set; } = 18;
}

/// <summary>
/// Fetches base-map tiles for the wall: the pages may load nothing from elsewhere, and the provider's key stays here. A tile is passed
/// on, not kept; browsers keep it for a day.
/// </summary>
internal sealed class BaseMap(IHttpClientFactory clients, IOptions<WallOptions> options, ILogger<BaseMap> logger)
{
    public const string ClientName = "base-map";
    public const int TileBytesMax = 2 << 20;

    private readonly BaseMapOptions _options = options.Value.BaseMap;

    public async Task<IResult> TileAsync(HttpContext context, int layer, int z, int x, int y)
    {
        var side = z is >= 0 and <= 24 ? 1L << z : 0;
        if (layer < 0 || layer >= _options.Layers.Length || x < 0 || x >= side || y < 0 || y >= side) return Results.NotFound();
        var address = _options.Layers[layer].Replace("{z}", $"{z}", StringComparison.Ordinal).Replace("{x}", $"{x}", StringComparison.Ordinal)
            .Replace("{y}", $"{y}", StringComparison.Ordinal).Replace("{key}", Uri.EscapeDataString(_options.Key), StringComparison.Ordinal);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var answer = await client.GetAsync(address, context.RequestAborted);
            var type = answer.Content.Headers.ContentType?.MediaType ?? "";
            if (!answer.IsSuccessStatusCode || !type.StartsWith("image/", StringComparison.Ordinal))
            {
                logger.LogWarning("The base map's layer {Layer} answers {Status} {Type} to {Z}/{X}/{Y}.", layer, (int)answer.StatusCode, type, z, x, y);
                return Results.StatusCode(StatusCodes.Status502BadGateway);
            }
            var tile = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
            context.Response.Headers.CacheControl = "private, max-age=86400";
            return Results.Bytes(tile, type);
        }
        // The message, not the exception: that one may hold the address and with it the key.
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            logger.LogWarning("The base map's layer {Layer} does not answer: {Error}.", layer, (e as HttpRequestException)?.HttpRequestError.ToString() ?? "timeout");
            return Results.StatusCode(StatusCodes.Status502BadGateway);
        }
    }
}
