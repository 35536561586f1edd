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

    /// <summary>Largest request body, 32 MiB: a registry of 100,000 sensors as GeoJSON. Larger ones get 413.</summary>
    [Range(1024, 1L << 32)]
    public long BodyBytesMax { get; set; } = 32 << 20;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Bind is not ("*" or "localhost") && !IPAddress.TryParse(Bind, out _))
            yield return new ValidationResult($"Http:Bind = '{Bind}': give *, localhost or an IP address.", [nameof(Bind)]);
        foreach (var fault in Tls.Validate(validationContext)) yield return new ValidationResult($"Http:{fault.ErrorMessage}");
    }
}
