using System.Text.Json;
using System.Text.Json.Serialization;

namespace LuohuIOC.Simulator.Load;

/// <summary>
/// What a run did. Messages and readings are acknowledged ones, seconds run from the first publish to the last acknowledgement,
/// latencies from publish to PUBACK. Unacked were published but not acknowledged when the run ended; lost connections were closed by
/// the broker or broke.
/// </summary>
public sealed record LoadSummary(
    long Messages,
    long Readings,
    double Seconds,
    double MessagesPerSecond,
    double ReadingsPerSecond,
    double P50Ms,
    double P99Ms,
    double MaxMs,
    long Unacked,
    int ConnectionsLost)
{
    /// <summary>One line of JSON with camelCase members.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LoadJson.Default.LoadSummary);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadSummary))]
internal sealed partial class LoadJson : JsonSerializerContext;
