using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>Whether the certificate that a broker shows is to be trusted, and if not why. Revocation is not asked: a plant's network often has no way to its lists.</summary>
internal sealed class ServerTrust(OutsideAddress address, string caFile, X509Certificate2Collection authorities, TimeProvider time)
{
    /// <summary>What is wrong with the certificate shown last; null when nothing is or none was shown.</summary>
    public string? Fault { get; private set; }

    public bool Check(MqttClientCertificateValidationEventArgs shown)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(shown.Certificate.GetRawCertData());
        Fault = Judge(certificate, shown.Chain, shown.SslPolicyErrors);
        return Fault is null;
    }

    private string? Judge(X509Certificate2 certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "the broker shows no certificate";
        var now = time.GetUtcNow();
        if (now < certificate.NotBefore || now > certificate.NotAfter)
            return string.Create(CultureInfo.InvariantCulture,
                $"the broker's certificate '{certificate.Subject}' is valid from {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd} only. Renew it, or set this machine's clock");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the broker's certificate '{certificate.Subject}' is not made out to '{address.Host}'. Use in Mqtt:Outside:Url a name that stands in it, or issue it for this one";
        if (caFile.Length == 0)
            return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
                ? $"the broker's certificate '{certificate.Subject}', issued by '{certificate.Issuer}', comes from no authority that this machine trusts. Give that authority's PEM file as Mqtt:Outside:CaFile"
                : null;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (sent is not null)
            foreach (var link in sent.ChainElements) chain.ChainPolicy.ExtraStore.Add(link.Certificate);
        return chain.Build(certificate)
            ? null
            : $"the broker's certificate '{certificate.Subject}', issued by '{certificate.Issuer}', does not come from the authorities in Mqtt:Outside:CaFile '{caFile}' "
                + $"({string.Join(", ", chain.ChainStatus.Select(s => s.Status))}). Give the file of the authority that issued it, and make sure that it is the right broker";
    }
}
