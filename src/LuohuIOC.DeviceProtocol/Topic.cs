namespace LuohuIOC.DeviceProtocol;

/// <summary>What a topic is for.</summary>
public enum TopicKind : byte
{
    /// <summary><c>luohu/v1/{gateway}/telemetry</c>: many sensors, many readings.</summary>
    GatewayTelemetry,

    /// <summary><c>luohu/v1/{gateway}/{sensor}/telemetry</c>: one sensor.</summary>
    SensorTelemetry,

    /// <summary><c>luohu/v1/{gateway}/{sensor}/raw/{protocol}</c>: one national frame.</summary>
    Raw,

    /// <summary><c>luohu/v1/{gateway}/status</c>: retained online, last will offline.</summary>
    Status,

    /// <summary><c>luohu/v1/{gateway}/{sensor}/command</c>: down to the device.</summary>
    Command,

    /// <summary><c>luohu/v1/{gateway}/{sensor}/command/reply</c>: up from the device.</summary>
    CommandReply,
}

/// <summary>A parsed topic. Spans point into the topic string.</summary>
public readonly ref struct Topic
{
    public const string Prefix = "luohu/v1/";

    /// <summary>Longest gateway id, sensor id and metric name, in characters.</summary>
    public const int IdLengthMax = 64;

    private Topic(TopicKind kind, ReadOnlySpan<char> gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<char> protocol)
    {
        Kind = kind;
        Gateway = gateway;
        Sensor = sensor;
        Protocol = protocol;
    }

    public TopicKind Kind { get; }

    public ReadOnlySpan<char> Gateway { get; }

    /// <summary>Empty for topics of a whole gateway.</summary>
    public ReadOnlySpan<char> Sensor { get; }

    /// <summary>The last level of a raw topic, else empty.</summary>
    public ReadOnlySpan<char> Protocol { get; }

    public static string Status(string gateway) => $"{Prefix}{gateway}/status";

    public static string Telemetry(string gateway) => $"{Prefix}{gateway}/telemetry";

    public static string Command(string gateway, string sensor) => $"{Prefix}{gateway}/{sensor}/command";

    /// <summary>Parses a topic name; false when it is none of ours or an id in it is not allowed.</summary>
    public static bool TryParse(ReadOnlySpan<char> topic, out Topic parsed)
    {
        parsed = default;
        if (!topic.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var rest = topic[(Prefix.Length - 1)..];
        if (!TakeLevel(ref rest, out var gateway) || !IsId(gateway)) return false;
        if (!TakeLevel(ref rest, out var second)) return false;

        // gw-1/telemetry, gw-1/status
        if (rest.IsEmpty)
        {
            TopicKind? whole = second is "telemetry" ? TopicKind.GatewayTelemetry : second is "status" ? TopicKind.Status : null;
            if (whole is null) return false;
            parsed = new Topic(whole.Value, gateway, default, default);
            return true;
        }

        if (!IsId(second) || !TakeLevel(ref rest, out var third)) return false;
        switch (third)
        {
            // gw-1/outfall-001/telemetry
            case "telemetry" when rest.IsEmpty:
                parsed = new Topic(TopicKind.SensorTelemetry, gateway, second, default);
                return true;
            // gw-1/outfall-001/command, gw-1/outfall-001/command/reply
            case "command" when rest.IsEmpty:
                parsed = new Topic(TopicKind.Command, gateway, second, default);
                return true;
            case "command" when rest is "/reply":
                parsed = new Topic(TopicKind.CommandReply, gateway, second, default);
                return true;
            // gw-1/outfall-001/raw/sl651
            case "raw" when TakeLevel(ref rest, out var protocol) && rest.IsEmpty && IsId(protocol):
                parsed = new Topic(TopicKind.Raw, gateway, second, protocol);
                return true;
            default:
                return false;
        }
    }

    /// <summary>True for 1–64 characters of letters, digits, <c>. _ : -</c>.</summary>
    public static bool IsId(ReadOnlySpan<char> id)
    {
        if (id.IsEmpty || id.Length > IdLengthMax) return false;
        foreach (var c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-')) return false;
        return true;
    }

    /// <inheritdoc cref="IsId(ReadOnlySpan{char})"/>
    public static bool IsId(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty || id.Length > IdLengthMax) return false;
        foreach (var b in id)
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'_' or (byte)':' or (byte)'-')) return false;
        return true;
    }

    /// <summary>True for 1–64 characters of a–z, 0–9 and _, beginning with a letter.</summary>
    public static bool IsMetricName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > IdLengthMax || !char.IsAsciiLetterLower((char)name[0])) return false;
        foreach (var b in name)
            if (!char.IsAsciiLetterLower((char)b) && !char.IsAsciiDigit((char)b) && b != (byte)'_') return false;
        return true;
    }

    // "/gw-1/telemetry" → level "gw-1", rest "/telemetry"; one slash stands in front of each level.
    private static bool TakeLevel(scoped ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> level)
    {
        level = default;
        if (rest.IsEmpty) return false;
        rest = rest[1..];
        var end = rest.IndexOf('/');
        level = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        return !level.IsEmpty;
    }
}
