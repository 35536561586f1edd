using System.Globalization;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using LuohuIOC.Spatial;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO.Converters;

namespace LuohuIOC.Registry.Exchange;

/// <summary>
/// Sensors as a GeoJSON FeatureCollection (RFC 7946): a Point in WGS84 or a null geometry each, properties as <see cref="SensorColumns"/>
/// says, without longitude and latitude.
/// </summary>
public static class SensorGeoJson
{
    public const string MediaType = "application/geo+json";

    private static readonly GeometryFactory Geometries = new(new PrecisionModel(), 4326);

    private static readonly JsonSerializerOptions Json = new() { Converters = { new GeoJsonConverterFactory(Geometries) }, MaxDepth = 32 };

    /// <summary>Reads a FeatureCollection; a faulty feature is refused by its ordinal, the others stay.</summary>
    /// <exception cref="ImportFileException">Not JSON, not UTF-8, or no FeatureCollection.</exception>
    public static async Task<ImportFile> ReadAsync(Stream stream, FileDatum datum, CancellationToken cancellationToken)
    {
        using var document = await ParseAsync(stream, cancellationToken);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Array)
            throw new ImportFileException("import-not-features");
        var file = new ImportFile([], []);
        var ordinal = 0;
        foreach (var element in features.EnumerateArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Cells(element, ++ordinal, file) is not { } cells) continue;
            if (new SensorRow(ordinal, c => cells.GetValueOrDefault(c), datum).Read(file.Refused) is { } draft) file.Drafts.Add(draft);
        }
        return file;
    }

    public static async Task WriteAsync(IEnumerable<Sensor> sensors, Stream stream, CancellationToken cancellationToken) =>
        await WriteFeaturesAsync(sensors.Select(FeatureOf), stream, cancellationToken);

    /// <summary>The links of the drainage network as lines from a sensor to the next one downstream, with <c>from</c>, <c>to</c>, their kinds and <c>synthetic</c>.</summary>
    public static async Task WriteNetworkAsync(DrainageNetwork network, Stream stream, CancellationToken cancellationToken) =>
        await WriteFeaturesAsync(network.Edges.Where(e => e.From.Place is not null && e.To.Place is not null).Select(LinkOf), stream, cancellationToken);

    private static async Task<JsonDocument> ParseAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(stream, new JsonDocumentOptions { MaxDepth = 32 }, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new ImportFileException("import-not-json", $"{e.LineNumber + 1}");
        }
    }

    private static Dictionary<string, string>? Cells(JsonElement element, int ordinal, ImportFile file)
    {
        var (cells, refused) = (PropertiesOf(element, file), file.Refused);
        var id = cells.GetValueOrDefault(SensorColumns.Id);
        try
        {
            if (element.Deserialize<IFeature>(Json) is not { } feature)
            {
                refused.Add(new RowRefusal(ordinal, id, "feature", "not-a-feature"));
                return null;
            }
            cells.Remove(SensorColumns.Longitude);
            cells.Remove(SensorColumns.Latitude);
            if (feature.Geometry is null) return cells;
            if (feature.Geometry is Point { IsEmpty: false } point)
            {
                cells[SensorColumns.Longitude] = point.X.ToString("R", CultureInfo.InvariantCulture);
                cells[SensorColumns.Latitude] = point.Y.ToString("R", CultureInfo.InvariantCulture);
                return cells;
            }
            refused.Add(new RowRefusal(ordinal, id, "geometry", "not-a-point", feature.Geometry.GeometryType));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            refused.Add(new RowRefusal(ordinal, id, "feature", "not-a-feature"));
        }
        return null;
    }

    private static Dictionary<string, string> PropertiesOf(JsonElement element, ImportFile file)
    {
        var cells = new Dictionary<string, string>();
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) return cells;
        try
        {
            foreach (var property in properties.EnumerateObject())
                if (file.ColumnOf(property.Name) is { } column) cells[column] = TextOf(property.Value);
        }
        catch (InvalidOperationException)
        {
            // The parser takes a text's bytes as they are; only who reads it learns that they are GBK, or half a surrogate pair.
            throw new ImportFileException("import-not-utf8");
        }
        return cells;
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Trim(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    private static Feature FeatureOf(Sensor sensor)
    {
        var attributes = new AttributesTable();
        foreach (var column in SensorColumns.All)
        {
            if (column is SensorColumns.Longitude or SensorColumns.Latitude) continue;
            var text = SensorText.Of(sensor, column);
            attributes.Add(column, column == SensorColumns.Synthetic ? sensor.Synthetic : text.Length == 0 ? null : text);
        }
        return new Feature(PointOf(sensor.Place), attributes);
    }

    private static Feature LinkOf((Sensor From, Sensor To) link) => new(
        Geometries.CreateLineString([CoordinateOf(link.From.Place!.Value), CoordinateOf(link.To.Place!.Value)]),
        new AttributesTable
        {
            { "from", link.From.Id },
            { "to", link.To.Id },
            { "from_kind", SensorText.Of(link.From, SensorColumns.Kind) },
            { "to_kind", SensorText.Of(link.To, SensorColumns.Kind) },
            { "synthetic", link.From.Synthetic || link.To.Synthetic },
        });

    private static Point? PointOf(GeoPoint? place) => place is { } known ? Geometries.CreatePoint(CoordinateOf(known)) : null;

    private static Coordinate CoordinateOf(GeoPoint place) => new(place.Longitude, place.Latitude);

    // Feature by feature, so that 100,000 sensors are never one string.
    public static async Task WriteFeaturesAsync(IEnumerable<Feature> features, Stream stream, CancellationToken cancellationToken)
    {
        const int FlushBytes = 64 << 10;
        var pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        await using var writer = new Utf8JsonWriter(pipe, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteString("type", "FeatureCollection");
        writer.WriteStartArray("features");
        foreach (var feature in features)
        {
            JsonSerializer.Serialize(writer, feature, Json);
            if (pipe.UnflushedBytes >= FlushBytes) await pipe.FlushAsync(cancellationToken);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        await pipe.CompleteAsync();
    }
}
