using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Registry.District;
using LuohuIOC.Registry.Exchange;
using LuohuIOC.Spatial;

namespace LuohuIOC.Registry;

/// <summary>The drainage network and the district's division over HTTP.</summary>
internal static class DistrictEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/network", NetworkAsync).RequireAuthorization("viewer").WithName("GetNetwork").WithTags("sensors")
            .GivesOnly(SensorGeoJson.MediaType);
        app.MapGet("/api/v1/district", DistrictAsync).RequireAuthorization("viewer").WithName("GetDistrict").WithTags("sensors")
            .GivesOnly(SensorGeoJson.MediaType);
        app.MapGet("/api/v1/kinds", Kinds).RequireAuthorization("viewer").WithName("ListKinds").WithTags("sensors").Produces<KindsView>();
        app.MapGet("/api/v1/streets", Streets).RequireAuthorization("viewer").WithName("ListStreets").WithTags("sensors").Produces<StreetsView>();
    }

    /// <summary>The links of the drainage network as GeoJSON lines in the direction of flow: <c>from</c>, <c>to</c>, <c>from_kind</c>, <c>to_kind</c>, <c>synthetic</c>.</summary>
    private static async Task NetworkAsync(HttpContext context, SensorRegistry registry, CancellationToken cancellationToken)
    {
        context.Response.ContentType = SensorGeoJson.MediaType;
        await SensorGeoJson.WriteNetworkAsync(registry.Network, context.Response.Body, cancellationToken);
    }

    /// <summary>What a map of the district is drawn from, <see cref="DistrictMap"/>.</summary>
    private static async Task DistrictAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.ContentType = SensorGeoJson.MediaType;
        await SensorGeoJson.WriteFeaturesAsync(DistrictMap.Features, context.Response.Body, cancellationToken);
    }

    private static KindsView Kinds() => new(
        [.. KindCatalogue.All.Select(k => new KindView(k.Name, k.Chinese, k.English, k.Silence.TotalSeconds,
            [.. k.Metrics.Select(m => MetricView.Of(m.Name, m))]))], null);

    /// <summary>The ten streets with the residents' committees of the national list, and how many communities the district itself counts.</summary>
    private static StreetsView Streets() => new(
        [.. StreetMap.All.Select(s => new StreetView(s.Code, s.Name, LocationView.Of(s.Centres[0].Point)!,
            [.. s.Committees.Select(c => new CommitteeView(c.Code, c.Name))]))],
        null, StreetMap.CommunityCount, StreetMap.All.Sum(s => s.Committees.Count));
}

/// <param name="Items">Streets in order of code.</param>
/// <param name="Next">Always null: ten streets are one page.</param>
/// <param name="CommunityCount">Communities (社区) by the district's own count; it publishes no list of them here.</param>
/// <param name="ResidentsCommitteeCount">Residents' committees (社区居民委员会) of the national list: another division than communities.</param>
public sealed record StreetsView(IReadOnlyList<StreetView> Items, string? Next, int CommunityCount, int ResidentsCommitteeCount);

/// <param name="Code">9-digit division code.</param>
/// <param name="Name">Name.</param>
/// <param name="ApproximateLocation">A recalled point of the street, about ±1 km.</param>
/// <param name="ResidentsCommittees">Of the national list.</param>
public sealed record StreetView(string Code, string Name, LocationView ApproximateLocation, IReadOnlyList<CommitteeView> ResidentsCommittees);

/// <param name="Code">12-digit division code.</param>
/// <param name="Name">Full name.</param>
public sealed record CommitteeView(string Code, string Name);

/// <param name="Items">Every kind of the firmware contract.</param>
/// <param name="Next">Always null: they are one page.</param>
public sealed record KindsView(IReadOnlyList<KindView> Items, string? Next);

/// <param name="Name">Wire name, for example <c>water_quality</c>.</param>
/// <param name="Chinese">Name for people.</param>
/// <param name="English">Name for people.</param>
/// <param name="SilenceSeconds">A sensor that says nothing for longer counts as offline.</param>
/// <param name="Metrics">What it measures.</param>
public sealed record KindView(string Name, string Chinese, string English, double SilenceSeconds, IReadOnlyList<MetricView> Metrics);
