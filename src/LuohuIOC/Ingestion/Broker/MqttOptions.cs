using System.ComponentModel.DataAnnotations;
using LuohuIOC.Http.Tls;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>The embedded broker, section <c>Mqtt</c>. At every limit the connection's reader waits; nothing that was sent is dropped.</summary>
public sealed class MqttOptions : IValidatableObject
{
    /// <summary>TCP port for MQTT 3.1.1 and 5; 0 listens nowhere, for hosts that take their messages from a broker outside. Default 1883.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 1883;

    /// <summary>The encrypted listener, and gateways' certificates.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>True lets any client on a loopback address publish as any gateway, for tests and benchmarks. Default false.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Publishes of one connection that wait for their acknowledgement; at this number it is not read on. Default 1,000.</summary>
    [Range(1, 65535)]
    public int InFlightMax { get; set; } = 1_000;

    /// <summary>
    /// Largest packet, header included; a connection that announces a larger one is ended before it is read. Default 1 MiB. Payloads
    /// beyond the contract's 256 KiB and below this are refused one by one with their reason.
    /// </summary>
    [Range(1 << 10, 268_435_460)]
    public int PacketBytesMax { get; set; } = 1 << 20;

    /// <summary>Messages per second of one connection, with a burst of one second's worth; beyond it is read more slowly. Default 50,000.</summary>
    [Range(1, 10_000_000)]
    public int RateMax { get; set; } = 50_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Tls.Validate(validationContext).Select(fault => new ValidationResult($"Mqtt:{fault.ErrorMessage}"));
}
