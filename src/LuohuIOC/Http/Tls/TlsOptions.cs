using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Http.Tls;

/// <summary>Sections <c>Http:Tls</c> and <c>Mqtt:Tls</c>: an encrypted listener beside the plain one. TLS 1.2 and 1.3.</summary>
public sealed class TlsOptions : IValidatableObject
{
    /// <summary>TCP port of the encrypted listener; 0, the default, for none. Usual: 8443 and 8883.</summary>
    [Range(0, 65535)]
    public int Port { get; set; }

    /// <summary>
    /// The certificate's file: PEM, the server's own first and the ones that sign it behind it, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>). Renewed files are
    /// taken for the next connection without a restart; while the new ones cannot be used, the old ones stay.
    /// </summary>
    public string Certificate { get; set; } = "";

    /// <summary>The private key's PEM file; empty for PKCS #12, or when the key stands in the certificate's file.</summary>
    public string Key { get; set; } = "";

    /// <summary>A file whose first line is the password of the key or of the PKCS #12 file; empty when there is none.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>True: the plain listener answers on this machine's loopback addresses only.</summary>
    public bool Only { get; set; }

    /// <summary>MQTT only: PEM file of the authorities that sign gateways' certificates.</summary>
    public string ClientCa { get; set; } = "";

    /// <summary>MQTT only: whether a gateway shows a certificate of its own instead of its secret.</summary>
    public ClientCertificates ClientCertificates { get; set; }

    public bool IsPkcs12 => Path.GetExtension(Certificate).ToLowerInvariant() is ".pfx" or ".p12";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Port == 0) yield break;
        if (Certificate.Length == 0) yield return new ValidationResult($"Tls:Port = {Port}: Tls:Certificate names no file.", [nameof(Certificate)]);
        if (ClientCertificates != ClientCertificates.None && ClientCa.Length == 0)
            yield return new ValidationResult($"Tls:ClientCertificates = {ClientCertificates}: Tls:ClientCa names no file.", [nameof(ClientCa)]);
    }
}

/// <summary>Gateways' own certificates.</summary>
public enum ClientCertificates
{
    /// <summary>None is asked for.</summary>
    None,

    /// <summary>Whoever shows one is known by it; others show their secret.</summary>
    Allowed,

    /// <summary>Nobody connects without one.</summary>
    Required,
}
