using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>A sensor that the registry of a vector knows.</summary>
internal sealed record VectorSensor(string Id, string Kind, string Gateway, bool Retired = false)
{
    public SensorKind KindOf() => KindCatalogue.TryParse(Kind, out var kind) ? kind : throw new InvalidDataException($"No kind '{Kind}'.");
}

internal sealed record VectorReading(string Sensor, long Ts, long? Seq, Dictionary<string, double> Values)
{
    /// <summary>One line, metrics in order of name, so that two readings compare as text.</summary>
    public override string ToString() =>
        $"{Sensor} ts={Ts} seq={Seq?.ToString() ?? "none"} " + string.Join(' ', Values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value + 0.0:R}"));
}

/// <summary>No sensor: the payload as a whole; no index: all of the sensor's readings.</summary>
internal sealed record VectorRejection(string Reason, string? Sensor = null, int? Index = null);

internal sealed record VectorCase(
    string Name, string Topic, string? Payload, string? PayloadHex, JsonArray? PayloadParts, VectorSensor[]? Sensors,
    VectorReading[]? Readings, int? ReadingCount, VectorRejection[] Rejections)
{
    public byte[] Bytes()
    {
        if (PayloadHex is not null) return Convert.FromHexString(PayloadHex);
        if (Payload is not null) return Encoding.UTF8.GetBytes(Payload);
        var text = new StringBuilder();
        foreach (var part in PayloadParts ?? throw new InvalidDataException($"'{Name}' has no payload."))
        {
            if (part is JsonArray { Count: 2 } repeated) text.Insert(text.Length, (string)repeated[0]!, (int)repeated[1]!);
            else text.Append((string)part!);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>The contract's golden vectors. Anything that decodes telemetry should be run against them.</summary>
internal sealed record GoldenVectors(VectorSensor[] Sensors, VectorCase[] Cases)
{
    public static GoldenVectors Valid { get; } = Load("telemetry-valid.json");

    public static GoldenVectors Invalid { get; } = Load("telemetry-invalid.json");

    public VectorCase this[string name] => Cases.Single(c => c.Name == name);

    public VectorSensor[] SensorsOf(VectorCase vector) => vector.Sensors ?? Sensors;

    private static GoldenVectors Load(string file) =>
        JsonSerializer.Deserialize<GoldenVectors>(Repository.Read($"firmware-contracts/vectors/{file}"), JsonSerializerOptions.Web)!;
}
