using System.ComponentModel.DataAnnotations;
using System.Net;
using LuohuIOC.Http.Tls;

namespace LuohuIOC.Http;

/// <summary>Section <c>Http</c>.</summary>
public sealed class HttpOptions : IValidatableObject
{
    public const string Section = "Http";
    public const int DefaultPort = 8080;

    /// <summary>TCP port of pages, API, hub and metrics; 0 takes any free one (tests).</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = DefaultPort;

    /// <summary>
    /// Address to listen on. <c>*</c>, the default, is every address of the machine, because the wall, the duty desk and Prometheus are other
    /// machines; everything but liveness and the pages' own files asks for a token. <c>127.0.0.1</c> behind a TLS proxy on the same machine.
    /// </summary>
    [Required]
    public string Bind { get; set; } = "*";

    /// <summary>The encrypted listener, on the same address.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>
    /// Proxies besides those on this machine whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed, addresses and networks with commas
    /// between: <c>10.1.2.3, 10.2.0.0/16</c>. From anyone else these headers count for nothing. Behind a proxy that is not named here links are
    /// written with <c>http</c>, and failed logins of all who come through it are counted as one caller's.
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>Largest request body, 32 MiB: a registry of 100,000 sensors as GeoJSON. Larger ones get 413.</summary>
    [Range(1024, 1L << 32)]
    public long BodyBytesMax { get; set; } = 32 << 20;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Bind is not ("*" or "localhost") && !IPAddress.TryParse(Bind, out _))
            yield return new ValidationResult($"Http:Bind = '{Bind}': give *, localhost or an IP address.", [nameof(Bind)]);
        foreach (var proxy in ProxyTexts)
            if (!TryParse(proxy, out _)) yield return new ValidationResult($"Http:Proxies: '{proxy}' is no IP address and no network such as 10.2.0.0/16.", [nameof(Proxies)]);
        foreach (var fault in Tls.Validate(validationContext)) yield return new ValidationResult($"Http:{fault.ErrorMessage}");
    }

    internal IEnumerable<IPNetwork> ProxyNetworks => ProxyTexts.Select(p => TryParse(p, out var network) ? network : default);

    private string[] ProxyTexts => Proxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // 10.1.2.3 >> 10.1.2.3/32
    private static bool TryParse(string text, out IPNetwork network)
    {
        if (!IPAddress.TryParse(text, out var address)) return IPNetwork.TryParse(text, out network);
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
