using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Http.Telemetry;

/// <summary>Section <c>Telemetry</c>. Metrics are at <c>/metrics</c> whatever stands here.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    public OtlpOptions Otlp { get; set; } = new();

    /// <summary>
    /// Of so many publishes one is followed from its receipt to history; those whose MQTT 5 user property <c>traceparent</c> says "sampled" always are. 0: only
    /// those. Nothing is followed without <see cref="OtlpOptions.Endpoint"/>. Default 10,000: at 60,000 messages/s six a second.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int OneIn { get; set; } = 10_000;
}

/// <summary>Section <c>Telemetry:Otlp</c>: an OpenTelemetry collector, or anything that takes OTLP.</summary>
public sealed class OtlpOptions
{
    /// <summary>Address of the collector, <c>http://collector:4318</c>; empty, the default, for none.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary><c>HttpProtobuf</c> (usual port 4318) or <c>Grpc</c> (4317).</summary>
    public OpenTelemetry.Exporter.OtlpExportProtocol Protocol { get; set; } = OpenTelemetry.Exporter.OtlpExportProtocol.HttpProtobuf;
}
