using System.Collections.Frozen;

namespace LuohuIOC.SensorThings;

/// <summary>
/// The properties and links of each collection. A query that names another would be answered as if nothing matched, which reads as "there is
/// none". Properties that the standard has and that are not served here may be named.
/// </summary>
internal static class StaNames
{
    private const string NavigationLink = "@iot.navigationLink";

    private static readonly FrozenSet<string> Always = FrozenSet.Create(StringComparer.Ordinal, "id", "@iot.id", "@iot.selfLink", "name", "description", "properties");

    // Its own properties beside those that nearly all have, then its links.
    private static readonly FrozenDictionary<string, (string[] Own, string[] Links)> ByCollection = new Dictionary<string, (string[], string[])>
    {
        ["Things"] = ([], ["Locations", "Datastreams", "HistoricalLocations"]),
        ["Locations"] = (["encodingType", "location"], ["Things", "HistoricalLocations"]),
        ["HistoricalLocations"] = (["time"], ["Thing", "Locations"]),
        ["FeaturesOfInterest"] = (["encodingType", "feature"], ["Observations"]),
        ["Datastreams"] = (["observationType", "unitOfMeasurement", "observedArea", "phenomenonTime", "resultTime"], ["Thing", "Sensor", "ObservedProperty", "Observations"]),
        ["Sensors"] = (["encodingType", "metadata"], ["Datastreams"]),
        ["ObservedProperties"] = (["definition"], ["Datastreams"]),
        ["Observations"] = (["phenomenonTime", "resultTime", "result", "resultQuality", "validTime", "parameters"], ["Datastream", "FeatureOfInterest"]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] ThingProperties = ["kind", "street", "community", "gateway", "synthetic", "retired"];

    /// <exception cref="StaQueryException">An option, also of what is expanded, names a property that its collection has not.</exception>
    public static void Check(string name, StaQuery query)
    {
        var collection = CollectionOf(name);
        if (!ByCollection.TryGetValue(collection, out var names)) return;
        foreach (var path in query.Filter?.Paths ?? []) Check(collection, "$filter", path);
        foreach (var (path, _) in query.OrderBy) Check(collection, "$orderby", path);
        foreach (var selected in query.Select)
        {
            var link = selected.EndsWith(NavigationLink, StringComparison.Ordinal) ? selected[..^NavigationLink.Length] : selected;
            if (!names.Links.Contains(link) && !Has(collection, [selected])) throw Unknown("$select", [selected]);
        }
        foreach (var (link, inner) in query.Expand) Check(link, inner);
    }

    private static void Check(string collection, string option, string[] path)
    {
        if (!Has(collection, path)) throw Unknown(option, path);
        // Years of readings stand behind that link: they are asked of their datastream, and without them nothing would match.
        if (path.AsSpan(..^1).Contains("Observations")) throw new StaQueryException($"{option}: '{string.Join('/', path)}'", "observations-behind");
    }

    /// <summary>True for a property that the collection's entities have, also where one has nothing under it.</summary>
    public static bool HasProperty(string collection, string name) =>
        name is "id" or "@iot.id" or "@iot.selfLink" || ByCollection[collection].Own.Contains(name) || (collection is not ("Observations" or "HistoricalLocations") && Always.Contains(name));

    // properties/kind, Datastreams/ObservedProperty/name, location/coordinates
    private static bool Has(string collection, ReadOnlySpan<string> path)
    {
        var (own, links) = ByCollection[collection];
        if (Always.Contains(path[0]) || own.Contains(path[0])) return collection != "Things" || path is not ["properties", var property, ..] || ThingProperties.Contains(property);
        var next = CollectionOf(path[0]);
        return path.Length > 1 && links.Contains(path[0]) && ByCollection.ContainsKey(next) && Has(next, path[1..]);
    }

    private static string CollectionOf(string name) => name switch
    {
        "Thing" => "Things",
        "Sensor" => "Sensors",
        "ObservedProperty" => "ObservedProperties",
        "Datastream" => "Datastreams",
        "FeatureOfInterest" => "FeaturesOfInterest",
        _ => name,
    };

    private static StaQueryException Unknown(string option, string[] path) => new($"{option}: '{string.Join('/', path)}'");
}
