using System.ComponentModel.DataAnnotations;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sparkplug;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// A broker outside this program, section <c>Mqtt:Outside</c>: hosts share what it takes by a shared subscription. Off until <see cref="Url"/>
/// is given; the embedded broker runs beside it unless <c>Mqtt:Port</c> is 0.
/// </summary>
public sealed class OutsideOptions
{
    /// <summary><c>mqtt://host[:1883]</c> or, over TLS, <c>mqtts://host[:8883]</c>. Empty, the default: none. <c>Mqtt:External=host:1883</c> says the same.</summary>
    public string Url { get; set; } = "";

    /// <summary>User name at the broker; empty connects without one.</summary>
    public string User { get; set; } = "";

    /// <summary>The password in clear; rather give <see cref="PasswordFile"/>.</summary>
    public string Password { get; set; } = "";

    /// <summary>A file with the password alone in it. It is read at every connect, so that it can be changed without a restart.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>MQTT <c>5</c> (the default) or <c>3.1.1</c>, which has no bound of our own on what is unacknowledged: there it is the broker's.</summary>
    [RegularExpression(@"5|3\.1\.1", ErrorMessage = "Mqtt:Outside:Version must be 5 or 3.1.1.")]
    public string Version { get; set; } = "5";

    /// <summary>
    /// Client ids are <c>prefix-host</c> and <c>prefix-host-1</c>, -2, …; the broker keeps a session by each. Default <c>luohu-ioc</c>.
    /// To change it, delete the old sessions at the broker: it goes on dealing them their share.
    /// </summary>
    [RegularExpression("[A-Za-z0-9_-]{1,32}", ErrorMessage = "Mqtt:Outside:ClientIdPrefix may have letters, digits, _ and -, at most 32.")]
    public string ClientIdPrefix { get; set; } = "luohu-ioc";

    /// <summary>
    /// This host's name among those that share, different on each and always the same on one: its sessions go by it. Empty, the default, makes one
    /// at the first start and keeps it in <c>mqtt-host</c> in the data directory.
    /// </summary>
    [RegularExpression("[A-Za-z0-9_-]{0,64}", ErrorMessage = "Mqtt:Outside:Host may have letters, digits, _ and -, at most 64.")]
    public string Host { get; set; } = "";

    /// <summary>Name of the share: hosts of one group divide the messages among themselves. Default <c>ioc</c>.</summary>
    [RegularExpression("[A-Za-z0-9_-]{1,32}", ErrorMessage = "Mqtt:Outside:Group may have letters, digits, _ and -, at most 32.")]
    public string Group { get; set; } = "ioc";

    /// <summary>
    /// Topic filters. Default: telemetry of gateways and sensors, and raw frames. Shared is telemetry alone. One host at a time takes all raw frames, whose
    /// messages may have several packets, and all of <c>spBv1.0/#</c>, which may be added: an alias of Sparkplug means something only to who saw the birth.
    /// </summary>
    public IReadOnlyList<string>? Filters { get; set; }

    /// <summary>
    /// Connections that take messages. 0 makes a host that stands by and takes only what a dead one leaves. With one, the default, the messages of a
    /// gateway come in its order as long as one host serves; several raise the rate and give the order up.
    /// </summary>
    [Range(0, 16)]
    public int Connections { get; set; } = 1;

    /// <summary>Messages of one connection without acknowledgement (MQTT 5: receive maximum). Default 1,000.</summary>
    [Range(1, 65535)]
    public int InFlightMax { get; set; } = 1_000;

    /// <summary>
    /// Whether one more session, unshared, keeps what comes to a restarted broker before the share stands again: mosquitto 2.0 forgets shared
    /// subscriptions when it restarts, and throws away what comes until a host has subscribed anew. It costs the broker a second delivery of each
    /// message. Default true; false is for a broker that keeps shared subscriptions.
    /// </summary>
    public bool Guard { get; set; } = true;

    /// <summary>How long the broker keeps the session of a host that is away. Default 7 days; MQTT 3.1.1 leaves it to the broker's settings.</summary>
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A connection that is silent this long asks for a sign of life; the broker gives a dead one up after one and a half times as long. Default 15 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A host that has not been heard of for this long counts as dead, and its sessions are taken over. Default 20 s; a killed one is known at once.</summary>
    public TimeSpan SilenceMax { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>PEM file of the authorities that the broker's certificate must come from; empty, the default: those of the system.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>PEM file of this host's certificate, for a broker that asks for one.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file of the certificate's key; empty when it stands in <see cref="CertificateFile"/>.</summary>
    public string KeyFile { get; set; } = "";

    internal static readonly string[] DefaultRawFilters = [$"{Topic.Prefix}+/+/raw/+"];

    internal static readonly string[] DefaultFilters = [$"{Topic.Prefix}+/telemetry", $"{Topic.Prefix}+/+/telemetry", .. DefaultRawFilters];

    internal bool IsOn => Url.Length > 0;

    internal bool IsVersion5 => Version == "5";

    /// <summary>What to share, for example <c>luohu/v1/+/telemetry</c>.</summary>
    internal IReadOnlyList<string> PlainFilters => [.. Given.Where(f => !IsSparkplug(f) && !IsRaw(f))];

    /// <summary>What to subscribe to for that: <c>$share/ioc/luohu/v1/+/telemetry</c>, …</summary>
    internal IReadOnlyList<string> SharedFilters => [.. PlainFilters.Select(Shared)];

    /// <summary>What of Sparkplug one host takes; empty: nothing.</summary>
    internal IReadOnlyList<string> SparkplugFilters => [.. Given.Where(IsSparkplug)];

    /// <summary>What raw frames one host takes; empty: none.</summary>
    internal IReadOnlyList<string> RawFilters => [.. Given.Where(IsRaw)];

    /// <summary>Subscriptions that a session may have kept from a version that shared these too: they would bring everything twice.</summary>
    internal IReadOnlyList<string> OldFilters => [.. SparkplugFilters.Concat(RawFilters).Select(Shared)];

    private IEnumerable<string> Given => Filters is { Count: > 0 } given ? given : DefaultFilters;

    private string Shared(string filter) => $"$share/{Group}/{filter}";

    // luohu/v1/+/+/raw/+; one that covers telemetry too, luohu/v1/#, is shared.
    private static bool IsRaw(string filter) => filter.Split('/') is [_, _, _, _, "raw", ..];

    private static bool IsSparkplug(string filter) => filter.StartsWith(SparkplugTopic.Prefix, StringComparison.Ordinal);

    /// <summary>What is wrong with them, in the words of an operator; null when nothing is.</summary>
    internal string? Fault()
    {
        if (!IsOn) return null;
        if (OutsideAddress.Parse(Url) is not { } address) return $"Mqtt:Outside:Url must be mqtt://host[:port] or mqtts://host[:port], not '{Url}'.";
        if (User.Length == 0 && (Password.Length > 0 || PasswordFile.Length > 0)) return "Mqtt:Outside:User is missing beside the password.";
        if (Password.Length > 0 && PasswordFile.Length > 0) return "Give either Mqtt:Outside:Password or Mqtt:Outside:PasswordFile.";
        if (!address.IsTls && (CaFile.Length > 0 || CertificateFile.Length > 0)) return "Mqtt:Outside:CaFile and CertificateFile need an mqtts:// address.";
        if (CertificateFile.Length == 0 && KeyFile.Length > 0) return "Mqtt:Outside:CertificateFile is missing beside the key.";
        if (SessionExpiry < TimeSpan.FromMinutes(1) || SessionExpiry.TotalSeconds >= uint.MaxValue) return "Mqtt:Outside:SessionExpiry must be at least a minute.";
        if (KeepAlive < TimeSpan.FromSeconds(1) || KeepAlive > TimeSpan.FromHours(1)) return "Mqtt:Outside:KeepAlive must be from 1 s to 1 h.";
        if (SilenceMax < TimeSpan.FromSeconds(3)) return "Mqtt:Outside:SilenceMax must be at least 3 s.";
        foreach (var file in new[] { PasswordFile, CaFile, CertificateFile, KeyFile })
            if (file.Length > 0 && !File.Exists(file)) return $"Mqtt:Outside: there is no file '{file}'.";
        return null;
    }
}
