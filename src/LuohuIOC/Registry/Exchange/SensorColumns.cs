using System.Collections.Frozen;
using LuohuIOC.Texts;

namespace LuohuIOC.Registry.Exchange;

/// <summary>
/// The columns of a CSV file and the properties of a GeoJSON feature, in order:
/// <list type="table">
/// <item><term>id</term><description>1–64 letters, digits, <c>. _ : -</c>; the key of re-imports. Required.</description></item>
/// <item><term>kind</term><description>wire name of <c>firmware-contracts/kinds.json</c> (<c>water_quality</c>) or its Chinese name; never changes. Required.</description></item>
/// <item><term>name</term><description>1–100 characters. Required.</description></item>
/// <item><term>street</term><description>name or nine-digit code of one of the ten streets; empty: by the place, approximate, and anew when the place changes.</description></item>
/// <item><term>community</term><description>community or residents' committee, up to 100 characters.</description></item>
/// <item><term>longitude, latitude</term><description>decimal degrees in the file's datum, inside the district; in GeoJSON the geometry, a Point. Required, empty only for kind generic.</description></item>
/// <item><term>gateway</term><description>the one gateway that may publish for the sensor; written as an id. Required.</description></item>
/// <item><term>installed_on</term><description>2024-05-01 or 2024/5/1.</description></item>
/// <item><term>synthetic</term><description>true when the position was generated and not surveyed; true/false, 1/0, or yes and no in Chinese or English.</description></item>
/// <item><term>downstream</term><description>id of the next station of the drainage network.</description></item>
/// <item><term>retired_at</term><description>ISO 8601 as the API takes it, or Unix milliseconds; without an offset it is Beijing time. Empty: in service.</description></item>
/// </list>
/// A column that the file lacks leaves registered sensors as they are; an empty cell clears. The header may be in English as above or
/// in Chinese as the text files spell it.
/// </summary>
public static class SensorColumns
{
    public const string Id = "id";
    public const string Kind = "kind";
    public const string Name = "name";
    public const string Street = "street";
    public const string Community = "community";
    public const string Longitude = "longitude";
    public const string Latitude = "latitude";
    public const string Gateway = "gateway";
    public const string InstalledOn = "installed_on";
    public const string Synthetic = "synthetic";
    public const string Downstream = "downstream";
    public const string RetiredAt = "retired_at";

    public static readonly IReadOnlyList<string> All =
        [Id, Kind, Name, Street, Community, Longitude, Latitude, Gateway, InstalledOn, Synthetic, Downstream, RetiredAt];

    public static readonly IReadOnlyList<string> Required = [Id, Kind, Name, Longitude, Latitude, Gateway];

    private static readonly FrozenDictionary<string, string> ByHeader = All
        .SelectMany(c => new[] { KeyValuePair.Create(c, c), KeyValuePair.Create(TextBook.Get(TextBook.Chinese, $"registry.column.{c}"), c) })
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The column that a header means, null when it is none of ours and is passed over.</summary>
    public static string? Of(string header) => ByHeader.GetValueOrDefault(header.Trim());
}
