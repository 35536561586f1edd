using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LuohuIOC.Http.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Http.Tls;

/// <summary>Each form in which a certificate may lie on disk, and what makes one unusable.</summary>
public sealed class CertificateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-certificate-").FullName;
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _own;
    private readonly FakeClock _clock = new();

    public CertificateFileTests()
    {
        var now = _clock.GetUtcNow();
        _own = new CertificateRequest("CN=luohu", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(90));
    }

    public void Dispose()
    {
        _own.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_certificate_and_its_key_in_two_files() =>
        AssertReads(new TlsOptions { Certificate = Write("c.pem", _own.ExportCertificatePem()), Key = Write("k.pem", _key.ExportPkcs8PrivateKeyPem()) });

    [Fact]
    public void Both_in_one_file() => AssertReads(new TlsOptions { Certificate = Write("c.pem", $"{_own.ExportCertificatePem()}\n{_key.ExportPkcs8PrivateKeyPem()}") });

    [Fact]
    public void A_key_with_a_password() => AssertReads(new TlsOptions
    {
        Certificate = Write("c.pem", _own.ExportCertificatePem()),
        Key = Write("k.pem", _key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))),
        PasswordFile = Write("password", "secret\n"),
    });

    [Fact]
    public void Pkcs12_with_a_password()
    {
        var file = Path.Combine(_folder, "c.pfx");
        File.WriteAllBytes(file, _own.Export(X509ContentType.Pkcs12, "secret"));
        AssertReads(new TlsOptions { Certificate = file, PasswordFile = Write("password", "secret") });
        Assert.Contains("cannot be read", Refused(new TlsOptions { Certificate = file, PasswordFile = Write("wrong", "guess") }));
    }

    [Fact]
    public void What_cannot_be_used_is_said_with_its_setting_and_file()
    {
        var certificate = Write("c.pem", _own.ExportCertificatePem());
        var key = Write("k.pem", _key.ExportPkcs8PrivateKeyPem());
        Assert.Contains($"Http:Tls:Key = {_folder}/none: there is no such file", Refused(new TlsOptions { Certificate = certificate, Key = Path.Combine(_folder, "none") }));
        Assert.Contains("Http:Tls:Key", Refused(new TlsOptions { Certificate = certificate }));
        using var other = RSA.Create(2048);
        Assert.Contains("Http:Tls:Key", Refused(new TlsOptions { Certificate = certificate, Key = Write("other.pem", other.ExportPkcs8PrivateKeyPem()) }));
        _clock.Advance(TimeSpan.FromDays(91));
        Assert.Contains("expired on", Refused(new TlsOptions { Certificate = certificate, Key = key }));
        _clock.Advance(TimeSpan.FromDays(-95));
        Assert.Contains("clock", Refused(new TlsOptions { Certificate = certificate, Key = key }));
    }

    /// <summary>As certbot and Kubernetes lay them: the link stays, what it leads to changes.</summary>
    [Fact]
    public void What_a_link_leads_to_is_taken_when_it_is_renewed()
    {
        using var renewed = new CertificateRequest("CN=renewed", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(90));
        foreach (var (name, certificate) in new[] { ("1", _own), ("2", renewed) })
        {
            Directory.CreateDirectory(Path.Combine(_folder, name));
            Write($"{name}/c.pem", $"{certificate.ExportCertificatePem()}\n{_key.ExportPkcs8PrivateKeyPem()}");
        }
        Directory.CreateSymbolicLink(Path.Combine(_folder, "data"), "1");
        File.CreateSymbolicLink(Path.Combine(_folder, "tls.pem"), "data/c.pem");
        var file = New(new TlsOptions { Certificate = Path.Combine(_folder, "tls.pem") });
        Assert.Equal("CN=luohu", file.Current.TargetCertificate.Subject);
        Directory.Delete(Path.Combine(_folder, "data"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "data"), "2");
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=renewed", file.Current.TargetCertificate.Subject);
    }

    [Fact]
    public void A_renewed_file_is_taken_within_a_second_and_a_broken_one_is_not()
    {
        var options = new TlsOptions { Certificate = Write("c.pem", $"{_own.ExportCertificatePem()}\n{_key.ExportPkcs8PrivateKeyPem()}") };
        var file = New(options);
        using var renewed = new CertificateRequest("CN=renewed", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(90));
        Write("c.pem", "half");
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=luohu", file.Current.TargetCertificate.Subject);
        Write("c.pem", $"{renewed.ExportCertificatePem()}\n{_key.ExportPkcs8PrivateKeyPem()}\n");
        Assert.Equal("CN=luohu", file.Current.TargetCertificate.Subject);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=renewed", file.Current.TargetCertificate.Subject);
    }

    private void AssertReads(TlsOptions options)
    {
        var read = New(options).Current.TargetCertificate;
        Assert.Equal(_own.Thumbprint, read.Thumbprint);
        Assert.True(read.HasPrivateKey);
    }

    private string Refused(TlsOptions options) => Assert.Throws<TlsFaultException>(() => New(options)).Message;

    private CertificateFile New(TlsOptions options) => new("Http:Tls", options, _clock, NullLogger.Instance);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
