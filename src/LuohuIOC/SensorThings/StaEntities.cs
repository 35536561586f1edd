using System.Text.Json.Nodes;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.SensorThings;

/// <summary>
/// The entities of OGC SensorThings 1.1 over the registry. A registered sensor is a Thing with a Location, which is its FeatureOfInterest
/// too; each of its metrics is a Datastream (<c>river-001:level</c>); its kind is the Sensor (the procedure), the metric the ObservedProperty.
/// </summary>
internal sealed class StaEntities(SensorRegistry registry, string root, TimeProvider time)
{
    private const string GeoJson = "application/geo+json";
    private const string Measurement = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";

    public SensorRegistry Registry => registry;

    public IEnumerable<Sensor> Sensors => registry.All.ToArray();

    public JsonObject Thing(Sensor sensor) => Linked("Things", sensor.Id, ["Locations", "HistoricalLocations", "Datastreams"], new JsonObject
    {
        ["name"] = sensor.Name,
        ["description"] = KindCatalogue.Of(sensor.Kind).English,
        ["properties"] = new JsonObject
        {
            ["kind"] = KindCatalogue.Of(sensor.Kind).Name,
            ["street"] = sensor.Street,
            ["community"] = sensor.Community,
            ["gateway"] = sensor.Gateway,
            ["synthetic"] = sensor.Synthetic,
            ["retired"] = sensor.IsRetired(time.GetUtcNow()),
        },
    });

    public JsonObject Location(Sensor sensor) => Linked("Locations", sensor.Id, ["Things", "HistoricalLocations"], new JsonObject
    {
        ["name"] = sensor.Name,
        ["description"] = sensor.Street,
        ["encodingType"] = GeoJson,
        ["location"] = Point(sensor),
    });

    public JsonObject Feature(Sensor sensor) => Linked("FeaturesOfInterest", sensor.Id, ["Observations"], new JsonObject
    {
        ["name"] = sensor.Name,
        ["description"] = sensor.Street,
        ["encodingType"] = GeoJson,
        ["feature"] = Point(sensor),
    });

    public JsonObject Datastream(Sensor sensor, int slot)
    {
        var metric = MetricOf(sensor, slot);
        var body = new JsonObject
        {
            ["name"] = $"{sensor.Name} {sensor.Layout.Names[slot]}",
            ["description"] = sensor.Layout.Names[slot],
            ["observationType"] = Measurement,
            ["unitOfMeasurement"] = new JsonObject { ["name"] = metric?.Unit, ["symbol"] = metric?.Unit, ["definition"] = metric is null ? null : "http://unitsofmeasure.org/ucum#" + metric.Unit },
        };
        if (sensor.Place is not null) body["observedArea"] = Point(sensor);
        return Linked("Datastreams", $"{sensor.Id}:{sensor.Layout.Names[slot]}", ["Thing", "Sensor", "ObservedProperty", "Observations"], body);
    }

    public JsonObject Procedure(SensorKind kind) => Linked("Sensors", KindCatalogue.Of(kind).Name, ["Datastreams"], new JsonObject
    {
        ["name"] = KindCatalogue.Of(kind).English,
        ["description"] = KindCatalogue.Of(kind).Chinese,
        ["encodingType"] = "text/html",
        ["metadata"] = KindCatalogue.Of(kind).Name,
    });

    public JsonObject Property(string metric) => Linked("ObservedProperties", metric, ["Datastreams"], new JsonObject
    {
        ["name"] = metric,
        ["description"] = metric,
        ["definition"] = $"urn:luohu:metric:{metric}",
    });

    public JsonObject Observation(Sensor sensor, int slot, string id, string time, double result, string quality) => Linked("Observations", id, sensor.Place is null ? ["Datastream"] : ["Datastream", "FeatureOfInterest"], new JsonObject
    {
        ["phenomenonTime"] = time,
        ["resultTime"] = time,
        ["result"] = result,
        ["resultQuality"] = quality,
        // Not part of the entity as answered: $filter may name it, and it is taken off again.
        ["Datastream"] = new JsonObject { ["@iot.id"] = $"{sensor.Id}:{sensor.Layout.Names[slot]}" },
    });

    /// <summary>All metrics of all sensors, each with its slot.</summary>
    public IEnumerable<(Sensor Sensor, int Slot)> Streams(Sensor sensor) => Enumerable.Range(0, sensor.Layout.Names.Count).Select(slot => (sensor, slot));

    /// <summary><c>river-001:level</c>; ids of sensors may hold colons themselves.</summary>
    public (Sensor Sensor, int Slot)? Stream(string id)
    {
        var at = id.LastIndexOf(':');
        if (at < 0 || !registry.TryFind(id[..at], out var sensor)) return null;
        for (var slot = 0; slot < sensor.Layout.Names.Count; slot++)
            if (sensor.Layout.Names[slot] == id[(at + 1)..]) return (sensor, slot);
        return null;
    }

    private static MetricDefinition? MetricOf(Sensor sensor, int slot) => sensor.Layout.Kind?.Metrics[slot];

    // Null where nobody knows: empty coordinates are no place in GeoJSON.
    private static JsonObject? Point(Sensor sensor) =>
        sensor.Place is { } place ? new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(place.Longitude, place.Latitude) } : null;

    private JsonObject Linked(string collection, string id, string[] neighbours, JsonObject body)
    {
        var self = $"{root}/{collection}('{Uri.EscapeDataString(id).Replace("'", "''")}')";
        var entity = new JsonObject { ["@iot.id"] = id, ["@iot.selfLink"] = self };
        foreach (var (name, value) in body.ToList())
        {
            body.Remove(name);
            entity[name] = value;
        }
        foreach (var neighbour in neighbours) entity[$"{neighbour}@iot.navigationLink"] = $"{self}/{neighbour}";
        return entity;
    }
}
