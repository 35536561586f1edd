using System.Collections.Frozen;
using System.Text.Json;

namespace LuohuIOC.Spatial;

/// <summary>
/// The ten streets and which of them a place is in. No street outlines are published at hand, so a place belongs to the street with
/// the nearest recalled centre (Voronoi regions): approximate, wrong by up to a kilometre near a border. A registered sensor's own
/// street, given by whoever installed it, always wins.
/// </summary>
public static class StreetMap
{
    /// <summary>Communities (社区) that the district counts; their list is not published at hand.</summary>
    public const int CommunityCount = 83;

    private static readonly FrozenDictionary<string, Street> ByText;
    private static readonly FrozenSet<string> CommitteeNames;

    static StreetMap()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        using var streetFile = SpatialData.Open("luohu-streets.json");
        using var seedFile = SpatialData.Open("street-seeds.json");
        var streets = JsonSerializer.Deserialize<StreetFile>(streetFile, json)!.Streets;
        var seeds = JsonSerializer.Deserialize<SeedFile>(seedFile, json)!.Seeds.ToLookup(s => s.Street);
        All = [.. streets.Select(s => new Street(s.Code, s.Name,
            [.. s.Communities.Select(c => new ResidentsCommittee(c.Code, c.Name))],
            [.. seeds[s.Code].Select(seed => new StreetCentre(new GeoPoint(seed.Longitude, seed.Latitude), seed.Reach))]))];
        ByText = All.SelectMany(s => new[] { KeyValuePair.Create(s.Code, s), KeyValuePair.Create(s.Name, s) }).ToFrozenDictionary();
        CommitteeNames = All.SelectMany(s => s.Committees).Select(c => c.Name).ToFrozenSet();
    }

    public static IReadOnlyList<Street> All { get; }

    /// <summary>The street of that name (桂园街道) or code (440303001); null when there is none.</summary>
    public static Street? Find(string nameOrCode) => ByText.GetValueOrDefault(nameOrCode);

    /// <summary>The street whose centre is nearest: approximate.</summary>
    public static Street At(GeoPoint point)
    {
        var nearest = All[0];
        var metres = double.MaxValue;
        foreach (var street in All)
            foreach (var centre in street.Centres)
                if (centre.Point.MetresTo(point) is var away && away < metres) (nearest, metres) = (street, away);
        return nearest;
    }

    /// <summary>True when the name is a residents' committee's of the national list, so that it is never shown as a community's.</summary>
    public static bool IsResidentsCommittee(string name) => CommitteeNames.Contains(name);

    private sealed record StreetFile(StreetRow[] Streets);

    private sealed record StreetRow(string Code, string Name, CommitteeRow[] Communities);

    private sealed record CommitteeRow(string Code, string Name);

    private sealed record SeedFile(SeedRow[] Seeds);

    private sealed record SeedRow(string Street, double Longitude, double Latitude, double Reach);
}
