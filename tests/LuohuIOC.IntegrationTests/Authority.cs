using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LuohuIOC.IntegrationTests;

/// <summary>A certificate authority of the test's own, whose certificates lie as PEM files in a folder.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly OidCollection Server = [new("1.3.6.1.5.5.7.3.1")];
    private static readonly OidCollection Client = [new("1.3.6.1.5.5.7.3.2")];

    private readonly string _folder;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _own;

    public Authority(string folder, string name)
    {
        _folder = folder;
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
        File.WriteAllText(Path = System.IO.Path.Combine(folder, $"{name}.pem"), _own.ExportCertificatePem());
    }

    /// <summary>Its own certificate.</summary>
    public string Path { get; }

    /// <summary>A server's certificate for this machine, replaced when it is there.</summary>
    public (string Certificate, string Key) ForServer(string file, string subject = "localhost", int days = 30) => Make(file, subject, [], Server, days);

    /// <summary>A gateway's.</summary>
    public (string Certificate, string Key) ForGateway(string file, string common, string[]? names = null, int days = 30) => Make(file, common, names ?? [], Client, days);

    public void Dispose()
    {
        _own.Dispose();
        _key.Dispose();
    }

    private (string, string) Make(string file, string common, string[] names, OidCollection purpose, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={common}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purpose, false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names) alternatives.AddDnsName(name);
        if (purpose == Server) alternatives.AddDnsName("localhost");
        if (purpose == Server) alternatives.AddIpAddress(System.Net.IPAddress.Loopback);
        if (names.Length > 0 || purpose == Server) request.CertificateExtensions.Add(alternatives.Build());
        var until = DateTimeOffset.UtcNow.AddDays(days);
        using var made = request.Create(_own, until.AddDays(-60), until, RandomNumberGenerator.GetBytes(12));
        var (certificate, secret) = (System.IO.Path.Combine(_folder, $"{file}.pem"), System.IO.Path.Combine(_folder, $"{file}.key"));
        File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificate, made.ExportCertificatePem());
        return (certificate, secret);
    }
}
