using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LuohuIOC.Http.Tls;

/// <summary>A server certificate on disk, read anew when its files change.</summary>
internal sealed class CertificateFile
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _section;
    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private SslStreamCertificateContext _current;
    private string _seen;
    private long _lookedAt;

    /// <param name="section"><c>Http:Tls</c>, for messages.</param>
    /// <param name="options">Where the files are.</param>
    /// <param name="time">For expiry.</param>
    /// <param name="log">Says what was read and what could not be.</param>
    /// <exception cref="IOException">The certificate cannot be used: which setting, why, what to do.</exception>
    public CertificateFile(string section, TlsOptions options, TimeProvider time, ILogger log)
    {
        (_section, _options, _time, _log) = (section, options, time, log);
        _seen = Look();
        _current = Load();
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>For the next handshake.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_lookedAt) < LookEvery) return _current;
                _lookedAt = _time.GetTimestamp();
                var now = Look();
                if (now == _seen) return _current;
                try
                {
                    _current = Load();
                    _seen = now;
                }
                catch (IOException e)
                {
                    // Half renewed, or wrong: the files are looked at again.
                    _log.LogError("{Cause} The certificate of before stays in use.", e.Message);
                }
                return _current;
            }
        }
    }

    private string Look()
    {
        // A link has a time of its own; what is renewed is behind it.
        var files = new[] { _options.Certificate, _options.Key, _options.PasswordFile }.Where(f => f.Length > 0).Select(f => new FileInfo(f))
            .Select(f => f.Exists ? (FileInfo)(f.ResolveLinkTarget(returnFinalTarget: true) ?? f) : f);
        return string.Join('|', files.Select(f => f.Exists ? $"{f.FullName} {f.LastWriteTimeUtc.Ticks} {f.Length}" : ""));
    }

    private SslStreamCertificateContext Load()
    {
        var (certificate, others) = Read();
        var now = _time.GetUtcNow();
        if (certificate.NotAfter.ToUniversalTime() <= now) throw Unusable("Certificate", $"it expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm}Z. Renew it.");
        if (certificate.NotBefore.ToUniversalTime() > now) throw Unusable("Certificate", $"it is valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm}Z on. Check this machine's clock.");
        var days = (int)(certificate.NotAfter.ToUniversalTime() - now).TotalDays;
        if (days < 30) _log.LogWarning("{Section}: the certificate {Subject} expires in {Days} days.", _section, certificate.Subject, days);
        else _log.LogInformation("{Section}: certificate {Subject}, valid until {NotAfter:yyyy-MM-dd}", _section, certificate.Subject, certificate.NotAfter.ToUniversalTime());
        return SslStreamCertificateContext.Create(certificate, others, offline: true);
    }

    private (X509Certificate2 Own, X509Certificate2Collection Others) Read()
    {
        foreach (var (key, file) in new[] { ("Certificate", _options.Certificate), ("Key", _options.Key), ("PasswordFile", _options.PasswordFile) })
            if (file.Length > 0 && !File.Exists(file)) throw Unusable(key, "there is no such file.");
        try
        {
            var password = _options.PasswordFile.Length > 0 ? File.ReadLines(_options.PasswordFile).FirstOrDefault() : null;
            return _options.IsPkcs12 ? ReadPkcs12(password) : ReadPem(password);
        }
        catch (ArgumentException e)
        {
            throw Unusable("Key", $"it is not the certificate's ({e.Message})");
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException)
        {
            throw Unusable(!_options.IsPkcs12 && IsCertificateSound() ? "Key" : "Certificate", $"it cannot be read, or is not the certificate's ({e.Message})");
        }
    }

    /// <summary>Of the two PEM files it is not the certificate's that is at fault.</summary>
    private bool IsCertificateSound()
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(_options.Certificate);
            return certificates.Count > 0;
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private (X509Certificate2, X509Certificate2Collection) ReadPkcs12(string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(_options.Certificate, password);
        var own = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw Unusable("Certificate", "no certificate in it has a private key.");
        all.Remove(own);
        return (own, all);
    }

    private (X509Certificate2, X509Certificate2Collection) ReadPem(string? password)
    {
        var key = _options.Key.Length > 0 ? _options.Key : null;
        if (key is null && !File.ReadAllText(_options.Certificate).Contains("PRIVATE KEY", StringComparison.Ordinal))
            throw Unusable("Key", "no private key is named, and none stands in the certificate's file.");
        var own = password is null ? X509Certificate2.CreateFromPemFile(_options.Certificate, key) : X509Certificate2.CreateFromEncryptedPemFile(_options.Certificate, password, key);
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(_options.Certificate);
        all.RemoveAt(0);
        // Windows' own TLS takes no key that is in memory only.
        return (OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null) : own, all);
    }

    private IOException Unusable(string key, string why)
    {
        var file = key switch { "Key" => _options.Key.Length > 0 ? _options.Key : _options.Certificate, "PasswordFile" => _options.PasswordFile, _ => _options.Certificate };
        return new TlsFaultException($"{_section}:{key} = {file}: {why}");
    }
}

/// <summary>A certificate or key that cannot be used.</summary>
public sealed class TlsFaultException(string message) : IOException(message);
