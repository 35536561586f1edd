namespace LuohuIOC.Wall;

/// <summary>What the wall has to know of its host's configuration.</summary>
/// <param name="RotationSeconds">How long a theme stays in rotation.</param>
/// <param name="TickMilliseconds">Time between two frames of readings: nothing heard for many of them means that the screen is stale.</param>
/// <param name="BaseMap">Tiles below the wall's own layers, null without any.</param>
public sealed record WallSettings(double RotationSeconds, double TickMilliseconds, BaseMapView? BaseMap)
{
    internal static WallSettings Of(WallOptions options) => new(
        options.Rotation.TotalSeconds, options.Tick.TotalMilliseconds,
        options.BaseMap.Layers.Length == 0 ? null : new BaseMapView(
            [.. options.BaseMap.Layers.Select((_, layer) => $"/api/v1/wall/tiles/{layer}/{{z}}/{{x}}/{{y}}")],
            options.BaseMap.Datum, options.BaseMap.Attribution, options.BaseMap.ZoomMax));
}

/// <param name="Tiles">Addresses on this host, bottom layer first.</param>
/// <param name="Datum">Coordinates that the tiles are drawn in.</param>
/// <param name="Attribution">To be shown on the map.</param>
/// <param name="ZoomMax">Deepest zoom that has tiles.</param>
public sealed record BaseMapView(IReadOnlyList<string> Tiles, MapDatum Datum, string Attribution, int ZoomMax);
