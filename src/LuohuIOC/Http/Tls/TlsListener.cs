using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LuohuIOC.Http.Tls;

/// <summary>Encrypts a listener with a certificate that is looked at for every handshake.</summary>
public static class TlsListener
{
    /// <param name="listen">The listener.</param>
    /// <param name="section"><c>Mqtt:Tls</c>, for messages.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="refine">What the listener asks of its clients; null for nothing.</param>
    public static void UseTls(this ListenOptions listen, string section, TlsOptions options, Action<SslServerAuthenticationOptions>? refine = null)
    {
        var services = listen.ApplicationServices;
        var file = new CertificateFile(section, options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CertificateFile)));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ =>
            {
                var server = new SslServerAuthenticationOptions { ServerCertificateContext = file.Current, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
                refine?.Invoke(server);
                return ValueTask.FromResult(server);
            },
        });
    }
}
