using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace LuohuIOC.Tests.Notices;

/// <summary>A real SMTP server on loopback that keeps what it is given.</summary>
internal sealed class MailServer : MessageStore, IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    private MailServer(int port, X509Certificate2? certificate, string password)
    {
        Port = port;
        var services = new ServiceProvider();
        services.Add(this);
        services.Add(new DelegatingUserAuthenticator((user, given) => (user, given) == (User, password)));
        var options = new SmtpServerOptionsBuilder().ServerName("mail.test").Endpoint(endpoint =>
        {
            endpoint.Port(port);
            if (certificate is not null) endpoint.Certificate(certificate).AuthenticationRequired();
        }).Build();
        _serving = new SmtpServer.SmtpServer(options, services).StartAsync(_end.Token);
    }

    /// <summary>Who may send, where a server takes nothing from others.</summary>
    public const string User = "ioc";

    public int Port { get; }

    /// <summary>In the order in which they came.</summary>
    public ConcurrentQueue<MimeMessage> Messages { get; } = new();

    /// <summary>Messages that it refuses before it takes one.</summary>
    public int Refusals { get; set; }

    public static MailServer Start() => new(Ports.Next(), null, "");

    /// <summary>It takes mail of who has turned to encryption (STARTTLS) and then signed in.</summary>
    public static MailServer StartGuarded(X509Certificate2 certificate, string password) => new(Ports.Next(), certificate, password);

    public override async Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        if (Refusals > 0)
        {
            Refusals--;
            return new SmtpResponse(SmtpReplyCode.InsufficientStorage, "no room for now");
        }
        using var stream = new MemoryStream(buffer.ToArray());
        Messages.Enqueue(await MimeMessage.LoadAsync(stream, cancellationToken));
        return SmtpResponse.Ok;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _end.Dispose();
    }
}
