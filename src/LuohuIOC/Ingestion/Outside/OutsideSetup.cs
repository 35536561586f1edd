using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Formatter;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>How to connect: what all connections to the broker have in common.</summary>
internal sealed class OutsideSetup(IOptions<OutsideOptions> options, IConfiguration configuration, TimeProvider time)
{
    private static readonly GatheredSockets Sockets = new();

    private readonly Lazy<string> _host = new(() => options.Value.Host.Length > 0 ? options.Value.Host : KeptName(configuration["DataDirectory"] ?? "data"));

    public OutsideOptions Options => options.Value;

    public OutsideAddress Address { get; } = OutsideAddress.Parse(options.Value.Url) ?? new OutsideAddress("", 0, false);

    /// <summary>This host's name among those that share.</summary>
    public string Host => _host.Value;

    /// <summary>Where hosts say that they live: <c>luohu/ioc/{group}/{host}/presence</c> and <c>…/sessions</c>, retained.</summary>
    public string HostTopic(string host, string leaf) => $"luohu/ioc/{options.Value.Group}/{host}/{leaf}";

    /// <exception cref="OutsideFaultException">The authorities' file cannot be read.</exception>
    public ServerTrust Trust() => new(Address, options.Value.CaFile, Readable("CaFile", options.Value.CaFile, () =>
    {
        var authorities = new X509Certificate2Collection();
        if (options.Value.CaFile.Length > 0) authorities.ImportFromPemFile(options.Value.CaFile);
        return authorities;
    }), time);

    public MqttClientOptionsBuilder ForClient(string clientId, ServerTrust trust)
    {
        var o = options.Value;
        var builder = new MqttClientOptionsBuilder()
            .WithTcpServer(Address.Host, Address.Port)
            .WithStreamProvider(Sockets)
            .WithProtocolVersion(o.IsVersion5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311)
            // A bridge, which this would make it for mosquitto, is not sent what it has published itself.
            .WithTryPrivate(false)
            .WithClientId(clientId)
            .WithCleanStart(false)
            .WithKeepAlivePeriod(o.KeepAlive);
        if (o.IsVersion5) builder.WithSessionExpiryInterval((uint)o.SessionExpiry.TotalSeconds).WithReceiveMaximum((ushort)o.InFlightMax);
        if (o.User.Length > 0) builder.WithCredentials(o.User, o.PasswordFile.Length > 0 ? Readable("PasswordFile", o.PasswordFile, () => File.ReadAllText(o.PasswordFile).Trim()) : o.Password);
        if (Address.IsTls)
            builder.WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost(Address.Host).WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13).WithCertificateValidationHandler(trust.Check);
                if (o.CertificateFile.Length > 0)
                    tls.WithClientCertificates([Readable("CertificateFile", o.CertificateFile, () => X509Certificate2.CreateFromPemFile(o.CertificateFile, o.KeyFile.Length > 0 ? o.KeyFile : null))]);
            });
        return builder;
    }

    private static T Readable<T>(string key, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OutsideFaultException(new OutsideFault(
                OutsideFaultKind.Encryption, $"Mqtt:Outside:{key} '{path}' cannot be read ({e.Message}). It must be there for this user{(e is CryptographicException ? ", and PEM" : "")}"));
        }
    }

    // A container's machine name changes with every container, its data directory stays.
    private static string KeptName(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "mqtt-host");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept) return kept;
        var machine = new string([.. Environment.MachineName.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(32)]);
        var name = $"{machine}-{Guid.NewGuid():N}"[..(machine.Length + 9)];
        Directory.CreateDirectory(dataDirectory);
        File.WriteAllText(path, name + "\n");
        return name;
    }
}
