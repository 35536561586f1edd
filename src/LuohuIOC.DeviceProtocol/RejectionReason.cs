namespace LuohuIOC.DeviceProtocol;

/// <summary>Why a payload, a reading or a metric was refused. The wire name is the member in lower snake case (<see cref="RejectionReasons.WireName"/>).</summary>
public enum RejectionReason : byte
{
    None = 0,

    // The topic.
    TopicInvalid,
    TopicForbidden,
    ProtocolUnsupported,

    // The payload as a whole.
    PayloadEmpty,
    PayloadTooLarge,
    NotJson,
    WrongShape,
    TooManyReadings,

    // The sensor.
    SensorIdInvalid,
    SensorUnknown,
    SensorOfOtherGateway,
    SensorRetired,

    // One reading.
    TsMissing,
    TsInvalid,
    TsOutOfRange,
    SeqInvalid,
    ValuesMissing,
    ValuesEmpty,
    ValueNotANumber,
    ValueNotFinite,
    TooManyMetrics,

    // One metric; the reading's other metrics stay.
    MetricUnknown,

    // A reply.
    CommandUnknown,

    // A national frame; what the bytes are not is FrameFault's.
    FrameCrc,
    FrameTruncated,
    FrameInvalid,

    /// <summary>Some packets of several did not come: what stands whole in the first counts, all that came are in the journal.</summary>
    FrameIncomplete,

    /// <summary>No sensor is allowed to speak under this station address.</summary>
    StationUnknown,

    // The store of history; the reading had its effect on rules and alerts.
    StoreRefused,

    // A connection: the certificate that its gateway shows.
    CertificateExpired,

    /// <summary>No authority of this broker has signed it.</summary>
    CertificateForeign,

    /// <summary>Not made for clients, or malformed.</summary>
    CertificateInvalid,

    /// <summary>It names no gateway that is known and admitted, or another than the client claims to be.</summary>
    CertificateName,

    // Sparkplug: values under an alias of which no birth has come; the node is asked for its births.
    AliasUnknown,

    // A reply, while the database that several hosts share is away and too many wait for it already.
    Overloaded,

    /// <summary>An administrator has shut the gateway out, and a broker outside has let it in all the same.</summary>
    GatewayDisabled,

    // One metric: its unit is unknown, or one of another quantity.
    UnitUnknown,

    /// <summary>A national frame, or a field of it, is longer than its standard allows.</summary>
    FrameOversize,

    /// <summary>A connection that names no gateway, or none that is registered.</summary>
    GatewayUnknown,

    /// <summary>A connection that does not show its gateway's secret.</summary>
    SecretWrong,
}

public static class RejectionReasons
{
    private static readonly string[] WireNames =
        [.. Enum.GetNames<RejectionReason>().Select(n => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(n))];

    /// <summary>The reason as the API and the golden vectors spell it, for example <c>sensor_of_other_gateway</c>.</summary>
    public static string WireName(this RejectionReason reason) => WireNames[(int)reason];
}
