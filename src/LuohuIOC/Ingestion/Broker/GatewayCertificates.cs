using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http.Tls;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Gateways that show a certificate instead of a secret: signed by <c>Mqtt:Tls:ClientCa</c>, valid now, made for clients, and bearing the gateway's id
/// as common name or as a DNS name. What is refused is kept with its reason, like a payload.
/// </summary>
public sealed class GatewayCertificates(RefusedConnections refused, IOptions<MqttOptions> options, TimeProvider time)
{
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly Lazy<X509Certificate2Collection> _authorities = new(() => Load(options.Value.Tls.ClientCa));

    private ClientCertificates Wish => options.Value.Tls.ClientCertificates;

    /// <summary>Asks for a certificate during the handshake. At start, so that a missing file is known then.</summary>
    public Action<SslServerAuthenticationOptions>? Asking()
    {
        if (Wish == ClientCertificates.None) return null;
        _ = _authorities.Value;
        return server =>
        {
            server.ClientCertificateRequired = true;
            server.AllowTlsResume = false;
            server.RemoteCertificateValidationCallback = (_, certificate, presented, _) => MayEnter(certificate as X509Certificate2, presented);
        };
    }

    /// <summary>The gateway that a certificate stands for: the one that the client names when the certificate bears that name, else its common name. Null when it names another.</summary>
    public static string? GatewayOf(X509Certificate2 certificate, string? claimed)
    {
        var common = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (string.IsNullOrEmpty(claimed) || claimed == common) return common;
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());
        return names.Contains(claimed, StringComparer.Ordinal) ? claimed : null;
    }

    /// <summary>Keeps a refusal: the subject's name as gateway, the certificate's fingerprint as first bytes.</summary>
    public void Refuse(RejectionReason reason, X509Certificate2 certificate, EndPoint? remote) => refused.Refuse(
        reason, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), remote, $", certificate {certificate.Subject} of {certificate.Issuer}",
        certificate.GetCertHash(HashAlgorithmName.SHA256));

    private bool MayEnter(X509Certificate2? certificate, X509Chain? presented)
    {
        // Whoever shows none is asked for the secret, unless a certificate is required.
        if (certificate is null) return Wish == ClientCertificates.Allowed;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities.Value);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // A stranger's certificate must not make this host ask addresses that it names.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().LocalDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientPurpose));
        if (presented is not null) chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(e => e.Certificate).ToArray());
        if (chain.Build(certificate)) return true;
        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var foreign = faults & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid);
        Refuse(foreign != 0 ? RejectionReason.CertificateForeign : (faults & X509ChainStatusFlags.NotTimeValid) != 0 ? RejectionReason.CertificateExpired : RejectionReason.CertificateInvalid,
            certificate, null);
        return false;
    }

    private static X509Certificate2Collection Load(string file)
    {
        if (!File.Exists(file)) throw new TlsFaultException($"Mqtt:Tls:ClientCa = {file}: there is no such file.");
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (CryptographicException e)
        {
            throw new TlsFaultException($"Mqtt:Tls:ClientCa = {file}: it cannot be read ({e.Message})");
        }
        return authorities.Count > 0 ? authorities : throw new TlsFaultException($"Mqtt:Tls:ClientCa = {file}: no certificate is in it (PEM).");
    }
}
