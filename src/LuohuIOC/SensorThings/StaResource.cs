using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.SensorThings;

/// <summary>What a path leads to: one entity, a page of several, or a property.</summary>
internal sealed record StaAnswer(JsonObject? Entity, StaPage? Page, StaProperty? Property = null);

/// <summary>Follows a path such as <c>Things('river-001')/Datastreams</c> and expands neighbours.</summary>
internal sealed partial class StaResource(StaEntities entities, StaObservations observations, CancellationToken cancellation)
{
    /// <summary>Datastreams whose history one answer reads; a page that would read more ends there and names the next one, so that no question keeps the history busy for seconds.</summary>
    public const int HistoriesMax = 100;

    // Behind a path of which only the addresses are wanted (clause 9.2.8).
    private const string Reference = "$ref";
    private const string SelfLink = "@iot.selfLink";

    private int _histories;

    /// <summary>Null when there is nothing at the path.</summary>
    /// <exception cref="StaQueryException">The query cannot be understood, or is asked of what takes none.</exception>
    public async Task<StaAnswer?> ReadAsync(string path, StaQuery query)
    {
        var steps = path.Trim('/').Split('/');
        if (steps[^1] != Reference) return await FollowAsync(steps, query);
        if (query.Select.Count > 0 || query.Expand.Count > 0) throw new StaQueryException(Reference, "no-options");
        if (await FollowAsync(steps[..^1], query) is not { Property: null } answer) return null;
        return answer.Entity is { } entity ? new StaAnswer(ReferenceTo(entity), null) : new StaAnswer(null, answer.Page! with { Items = [.. answer.Page.Items.Select(ReferenceTo)] });
    }

    private async Task<StaAnswer?> FollowAsync(string[] steps, StaQuery query)
    {
        Node? node = null;
        for (var i = 0; i < steps.Length; i++)
        {
            var step = Uri.UnescapeDataString(steps[i]);
            if (node is not null && StaNames.HasProperty(node.Name, step))
                return query.IsEmpty ? StaProperty.Of(node.Entity, [.. steps[i..].Select(Uri.UnescapeDataString)]) is { } property ? new StaAnswer(null, null, property) : null
                    : throw new StaQueryException($"/{step}", "no-options");
            var match = Step().Match(step);
            if (!match.Success) return null;
            var name = match.Groups["name"].Value;
            var id = match.Groups["id"].Success ? match.Groups["id"].Value.Replace("''", "'") : null;
            if (i == steps.Length - 1) StaNames.Check(name, query);
            if (i == 0 && id is null && steps.Length == 1) return await Many(name, null, query);
            if (i == 0) node = id is null ? null : name == "Observations" ? await Observation(id) : One(name, id);
            else if (node is null) return null;
            else if (id is not null) node = Neighbours(node, name)?.FirstOrDefault(n => n.Id == id);
            else if (IsSingle(name)) node = Neighbours(node, name)?.FirstOrDefault();
            else return i == steps.Length - 1 ? await Many(name, node, query) : null;
            if (node is null) return null;
        }
        return node is null ? null : new StaAnswer(query.Selected(await Expanded(node, query)), null);
    }

    private static JsonObject ReferenceTo(JsonObject entity) => new() { [SelfLink] = (string?)entity[SelfLink] };

    private static bool IsSingle(string name) => name is "Thing" or "Sensor" or "ObservedProperty" or "Datastream" or "FeatureOfInterest";

    private async Task<StaAnswer?> Many(string name, Node? of, StaQuery query)
    {
        if (name == "Observations")
        {
            var stream = of?.Stream ?? (query.Filter?.Datastream is { } id ? entities.Stream(id) : null);
            if (stream is not var (sensor, slot)) throw new StaQueryException("Observations", "datastream");
            _histories++;
            var page = await observations.ReadAsync(sensor, slot, query, o => Scope(new Node("Observations", (string)o["@iot.id"]!, () => o, sensor, stream)), cancellation);
            var items = new List<JsonObject>();
            foreach (var item in page.Items) items.Add(query.Selected(await Expanded(new Node("Observations", (string)item["@iot.id"]!, () => item, sensor, stream), query)));
            return new StaAnswer(null, page with { Items = items });
        }
        if ((of is null ? All(name) : Neighbours(of, name)) is not { } nodes) return null;
        if (query is { Filter: null, OrderBy.Count: 0 })
        {
            var all = nodes.ToList();
            return await Page(all.Skip(query.Skip).Take(query.Top), all.Count, query);
        }
        var byScope = new Dictionary<StaScope, Node>(ReferenceEqualityComparer.Instance);
        var sifted = query.Sift(nodes.Select(n =>
        {
            var scope = Scope(n);
            byScope[scope] = n;
            return scope;
        })).ToList();
        return await Page(sifted.Skip(query.Skip).Take(query.Top).Select(scope => byScope[scope]), sifted.Count, query);
    }

    private async Task<StaAnswer> Page(IEnumerable<Node> nodes, int count, StaQuery query)
    {
        var shown = new List<JsonObject>();
        foreach (var node in nodes)
        {
            shown.Add(query.Selected(await Expanded(node, query)));
            if (_histories >= HistoriesMax) break;
        }
        var end = (long)query.Skip + shown.Count;
        return new StaAnswer(null, new StaPage(shown, count, query.Top > 0 && count > end ? $"$skip={end}" : null));
    }

    private StaScope Scope(Node node) => new(node.Entity, name => Neighbours(node, name)?.Select(Scope));

    private async Task<JsonObject> Expanded(Node node, StaQuery query)
    {
        if (node.Name == "Observations") node.Entity.Remove("Datastream");
        foreach (var (name, inner) in query.Expand)
        {
            if (IsSingle(name))
            {
                if (Neighbours(node, name) is not { } neighbours) throw new StaQueryException($"$expand: '{name}'");
                // A sensor whose place nobody knows has no feature of interest.
                if (neighbours.FirstOrDefault() is not { } neighbour) continue;
                node.Entity[name] = inner.Selected(await Expanded(neighbour, inner));
                continue;
            }
            var answer = await Many(name, node, inner) ?? throw new StaQueryException($"$expand: '{name}'");
            node.Entity[name] = new JsonArray([.. answer.Page!.Items]);
            if (inner.Count && answer.Page.Count is { } count) node.Entity[$"{name}@iot.count"] = count;
            if (answer.Page.Next is { } next) node.Entity[$"{name}@iot.nextLink"] = $"{node.Entity[$"{name}@iot.navigationLink"]}?{(inner.Written.Length == 0 ? "" : inner.Written + "&")}{next}";
        }
        return node.Entity;
    }

    private IEnumerable<Node>? All(string name) => name switch
    {
        "Things" => entities.Sensors.Select(Thing),
        "Locations" => entities.Sensors.Where(s => s.Place is not null).Select(Location),
        "FeaturesOfInterest" => entities.Sensors.Where(s => s.Place is not null).Select(Feature),
        "Datastreams" => entities.Sensors.SelectMany(entities.Streams).Select(Stream),
        "Sensors" => KindCatalogue.All.Select(k => Procedure(k.Kind)),
        // The registry keeps no former places.
        "HistoricalLocations" => [],
        "ObservedProperties" => entities.Sensors.Select(s => s.Layout).Distinct().SelectMany(l => l.Names).Distinct().Select(Property),
        _ => null,
    };

    private Node? One(string name, string id)
    {
        if (name == "Datastreams") return entities.Stream(id) is var (sensor, slot) ? Stream((sensor, slot)) : null;
        if (name is "Sensors") return KindCatalogue.TryParse(id, out var kind) ? Procedure(kind) : null;
        if (name is "ObservedProperties") return All(name)!.FirstOrDefault(n => n.Id == id);
        if (!entities.Registry.TryFind(id, out var found)) return null;
        return name switch
        {
            "Things" => Thing(found),
            "Locations" when found.Place is not null => Location(found),
            "FeaturesOfInterest" when found.Place is not null => Feature(found),
            _ => null,
        };
    }

    private async Task<Node?> Observation(string id)
    {
        // river-001:level:1732262400000.17~1732269600000
        var at = id.LastIndexOf(':');
        if (at < 0 || entities.Stream(id[..at]) is not var (sensor, slot)) return null;
        return await observations.FindAsync(sensor, slot, id, cancellation) is { } found ? new Node("Observations", id, () => found, sensor, (sensor, slot)) : null;
    }

    private IEnumerable<Node>? Neighbours(Node node, string name) => (node.Name, name) switch
    {
        ("Things", "Locations") or ("Observations", "FeatureOfInterest") when node.Sensor!.Place is null => [],
        ("Things" or "Locations", "HistoricalLocations") => [],
        ("Things", "Locations") => [Location(node.Sensor!)],
        ("Things", "Datastreams") => entities.Streams(node.Sensor!).Select(Stream),
        ("Locations", "Things") or ("Datastreams", "Thing") => [Thing(node.Sensor!)],
        ("Datastreams", "Sensor") => [Procedure(node.Sensor!.Kind)],
        ("Datastreams", "ObservedProperty") => [Property(node.Sensor!.Layout.Names[node.Stream!.Value.Slot])],
        ("Observations", "Datastream") => [Stream(node.Stream!.Value)],
        ("Observations", "FeatureOfInterest") => [Feature(node.Sensor!)],
        ("Sensors", "Datastreams") => entities.Sensors.Where(s => KindCatalogue.Of(s.Kind).Name == node.Id).SelectMany(entities.Streams).Select(Stream),
        ("ObservedProperties", "Datastreams") => entities.Sensors.SelectMany(entities.Streams).Where(s => s.Sensor.Layout.Names[s.Slot] == node.Id).Select(Stream),
        _ => null,
    };

    private Node Thing(Sensor s) => new("Things", s.Id, () => entities.Thing(s), s, null);

    private Node Location(Sensor s) => new("Locations", s.Id, () => entities.Location(s), s, null);

    private Node Feature(Sensor s) => new("FeaturesOfInterest", s.Id, () => entities.Feature(s), s, null);

    private Node Stream((Sensor Sensor, int Slot) s) => new("Datastreams", $"{s.Sensor.Id}:{s.Sensor.Layout.Names[s.Slot]}", () => entities.Datastream(s.Sensor, s.Slot), s.Sensor, s);

    private Node Procedure(SensorKind kind) => new("Sensors", KindCatalogue.Of(kind).Name, () => entities.Procedure(kind), null, null);

    private Node Property(string metric) => new("ObservedProperties", metric, () => entities.Property(metric), null, null);

    // Things('river-001'), Datastreams
    [GeneratedRegex(@"^(?<name>[A-Za-z]+)(?:\('(?<id>(?:[^']|'')*)'\))?$")]
    private static partial Regex Step();

    // A page of a city's entities passes over tens of thousands: only those that are shown or looked into are made.
    private sealed class Node(string name, string id, Func<JsonObject> make, Sensor? sensor, (Sensor Sensor, int Slot)? stream)
    {
        public string Name => name;

        public string Id => id;

        public JsonObject Entity => field ??= make();

        public Sensor? Sensor => sensor;

        public (Sensor Sensor, int Slot)? Stream => stream;
    }
}
