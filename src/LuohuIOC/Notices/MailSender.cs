using System.Net.Sockets;
using LuohuIOC.Texts;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace LuohuIOC.Notices;

/// <summary>Mail by SMTP (RFC 5321), one message for each recipient, so that one wrong address costs the others nothing.</summary>
internal sealed class MailSender(IOptions<NoticeOptions> options) : INoticeSender
{
    private const int SubmissionPort = 587;
    private const int TlsPort = 465;

    public NoticeChannel Channel => NoticeChannel.Mail;

    public int BytesMax(Recipient recipient) => int.MaxValue;

    public async Task<NoticeResult> SendAsync(Recipient recipient, NoticeMessage message, CancellationToken cancellation)
    {
        var mail = options.Value.Mail;
        try
        {
            // The certificate is checked; lists of revoked ones are somewhere that a network of the authorities' own does not reach, and would be waited for.
            using var client = new SmtpClient { CheckCertificateRevocation = false, Timeout = (int)options.Value.Timeout.TotalMilliseconds };
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                patience.CancelAfter(INoticeSender.ConnectPatience);
                var port = mail.Port > 0 ? mail.Port : mail.Security == MailSecurity.Tls ? TlsPort : SubmissionPort;
                await client.ConnectAsync(mail.Host, port, Security(mail.Security), patience.Token);
                if (mail.User.Length > 0) await client.AuthenticateAsync(mail.User, mail.Password, patience.Token);
            }
            var answer = await client.SendAsync(Compose(mail.From, recipient, message), cancellation);
            await QuitAsync(client, cancellation);
            return new NoticeResult(true, Answers.OneLine(answer));
        }
        catch (SslHandshakeException e)
        {
            // Its own message is a page on certificates.
            return new NoticeResult(false, Answers.OneLine(e.InnerException?.Message ?? e.Message));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new NoticeResult(false, TextBook.Get(message.Language, "notice.no-connection", INoticeSender.ConnectPatience.TotalSeconds));
        }
        catch (Exception e) when (IsOutside(e))
        {
            return new NoticeResult(false, Answers.OneLine(e.Message));
        }
    }

    private static async Task QuitAsync(SmtpClient client, CancellationToken cancellation)
    {
        try
        {
            await client.DisconnectAsync(true, cancellation);
        }
        catch (Exception e) when (IsOutside(e) || e is OperationCanceledException)
        {
            // The server has taken the message; that it did not say goodbye is no reason to send another one.
        }
    }

    private static bool IsOutside(Exception e) =>
        e is SocketException or IOException or TimeoutException or AuthenticationException or ProtocolException or CommandException or ServiceNotConnectedException or ServiceNotAuthenticatedException or NotSupportedException;

    private static MimeMessage Compose(string from, Recipient recipient, NoticeMessage message)
    {
        var sender = MailboxAddress.Parse(from);
        // The same message sent again has the same number, so that a mailbox can know it.
        var mail = new MimeMessage { Subject = message.Title, Priority = message.IsOver ? MessagePriority.Normal : MessagePriority.Urgent, Body = new TextPart("plain") { Text = message.Text }, MessageId = $"{message.Number}@{sender.Domain}" };
        mail.From.Add(sender);
        mail.To.Add(MailboxAddress.Parse(recipient.Address));
        // RFC 3834: no holiday notice answers a machine.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }

    private static SecureSocketOptions Security(MailSecurity security) => security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
