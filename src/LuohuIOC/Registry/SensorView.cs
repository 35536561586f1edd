using LuohuIOC.DeviceProtocol;
using LuohuIOC.Spatial;

namespace LuohuIOC.Registry;

/// <summary>A sensor in lists.</summary>
/// <param name="Id">Sensor id.</param>
/// <param name="Kind">Wire name of its kind, for example <c>water_quality</c>.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Street">Name of the street, empty when unknown.</param>
/// <param name="Community">Community or residents' committee, empty when unknown.</param>
/// <param name="CommunityKind"><c>residents_committee</c> when the name is one of the national list's, else <c>community</c>; null when there is none.</param>
/// <param name="Gateway">The one gateway that may publish for it.</param>
/// <param name="Location">Null while the place is unknown.</param>
/// <param name="InstalledOn">ISO 8601 date.</param>
/// <param name="Synthetic">True when the position was generated and not surveyed.</param>
/// <param name="Downstream">Next sensor of the drainage network.</param>
/// <param name="RetiredAt">When it left service, or is to leave it; null when no end is known.</param>
public record SensorView(
    string Id, string Kind, string Name, string Street, string Community, string? CommunityKind, string Gateway, LocationView? Location,
    DateOnly? InstalledOn, bool Synthetic, string? Downstream, DateTimeOffset? RetiredAt)
{
    public static SensorView Of(Sensor sensor) => new(
        sensor.Id, KindCatalogue.Of(sensor.Kind).Name, sensor.Name, sensor.Street, sensor.Community, CommunityKindOf(sensor.Community), sensor.Gateway,
        LocationView.Of(sensor.Place), sensor.InstalledOn, sensor.Synthetic, sensor.Downstream, sensor.RetiredAt);

    private static string? CommunityKindOf(string community) =>
        community.Length == 0 ? null : StreetMap.IsResidentsCommittee(community) ? "residents_committee" : "community";
}

/// <summary>WGS84 degrees.</summary>
public sealed record LocationView(double Longitude, double Latitude)
{
    public static LocationView? Of(GeoPoint? place) => place is { } known ? new LocationView(known.Longitude, known.Latitude) : null;
}

/// <summary>A page of sensors in order of registration.</summary>
/// <param name="Items">Sensors.</param>
/// <param name="Next">Give it as <c>after</c> to get the next page; null at the end.</param>
public sealed record SensorPage(IReadOnlyList<SensorView> Items, string? Next);

/// <summary>One sensor with all that is known: its neighbours in the drainage network and its metrics too.</summary>
public sealed record SensorDetail : SensorView
{
    private SensorDetail(SensorView view) : base(view)
    {
    }

    /// <summary>Ids of the sensors whose next one downstream this is.</summary>
    public required IReadOnlyList<string> Upstream { get; init; }

    /// <summary>What it measures; a generic sensor's metrics have neither unit nor range.</summary>
    public required IReadOnlyList<MetricView> Metrics { get; init; }

    public static SensorDetail Of(Sensor sensor, DrainageNetwork network) => new(Of(sensor))
    {
        Upstream = network.Upstream(sensor.Id),
        Metrics = [.. sensor.Layout.Names.Select((name, slot) => MetricView.Of(name, sensor.Layout.Kind?.Metrics[slot]))],
    };
}

/// <param name="Name">Wire name.</param>
/// <param name="Unit">UCUM unit, null when unknown.</param>
/// <param name="Minimum">Smallest physically possible value.</param>
/// <param name="Maximum">Largest physically possible value.</param>
public sealed record MetricView(string Name, string? Unit, double? Minimum, double? Maximum)
{
    public static MetricView Of(string name, MetricDefinition? metric) => new(name, metric?.Unit, metric?.Minimum, metric?.Maximum);
}

/// <summary>What an import did.</summary>
/// <param name="Added">New sensors.</param>
/// <param name="Changed">Sensors that are other than before.</param>
/// <param name="Unchanged">Sensors that were already as the file says.</param>
/// <param name="RefusedRows">Rows of which nothing was applied.</param>
/// <param name="Refused">The reasons, in order of lines, the first 1,000; a row may have several.</param>
/// <param name="IgnoredColumns">Columns of the file, or properties of its features, that are none of ours and were passed over, the first 100: look for a mistyped name.</param>
public sealed record ImportView(
    int Added, int Changed, int Unchanged, int RefusedRows, IReadOnlyList<RefusalView> Refused, IReadOnlyList<string> IgnoredColumns);

/// <param name="Line">Line of the CSV file, or ordinal of the GeoJSON feature, from 1.</param>
/// <param name="Id">The row's id as written.</param>
/// <param name="Field">Column.</param>
/// <param name="Code">Stable code of the reason.</param>
/// <param name="Reason">The reason in the caller's language.</param>
public sealed record RefusalView(int Line, string? Id, string Field, string Code, string Reason);
