using LuohuIOC.Notices;
using MimeKit;
using Xunit;

namespace LuohuIOC.Tests.Notices;

public sealed class MailSenderTests
{
    private static readonly NoticeMessage Message = NoticeMessage.Of(SomeAlert.Policy(), [SomeAlert.Waiting()], "", SomeAlert.Raised);

    [Fact]
    public async Task A_mail_has_sender_recipient_title_and_text()
    {
        await using var server = MailServer.Start();
        var result = await SendAsync(server.Port, MailSecurity.None);
        Assert.True(result.Delivered, result.Answer);
        Assert.True(server.Messages.TryDequeue(out var mail));
        Assert.Equal(("ioc@luohu.test", "chief@luohu.test"), (mail.From.Mailboxes.Single().Address, mail.To.Mailboxes.Single().Address));
        Assert.Equal(Message.Title, mail.Subject);
        Assert.Equal(Message.Text, mail.TextBody!.ReplaceLineEndings("\n").TrimEnd('\n'));
        Assert.Equal(("auto-generated", MessagePriority.Urgent), (mail.Headers["Auto-Submitted"], mail.Priority));
    }

    [Fact]
    public async Task What_the_server_says_to_a_refusal_is_the_answer()
    {
        await using var server = MailServer.Start();
        server.Refusals = 1;
        var result = await SendAsync(server.Port, MailSecurity.None);
        Assert.False(result.Delivered);
        Assert.Contains("no room for now", result.Answer, StringComparison.Ordinal);
    }

    /// <summary>What was to be encrypted does not leave in the clear because a server cannot.</summary>
    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task Nothing_leaves_in_the_clear_unless_it_was_said(MailSecurity security)
    {
        await using var server = MailServer.Start();
        var result = await SendAsync(server.Port, security);
        Assert.False(result.Delivered);
        Assert.NotEmpty(result.Answer!);
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_result()
    {
        var result = await SendAsync(Ports.Next(), MailSecurity.None);
        Assert.False(result.Delivered);
        Assert.NotEmpty(result.Answer!);
    }

    private static Task<NoticeResult> SendAsync(int port, MailSecurity security) =>
        new MailSender(Microsoft.Extensions.Options.Options.Create(new NoticeOptions { Mail = new MailOptions { Host = "127.0.0.1", Port = port, Security = security, From = "ioc@luohu.test" } }))
            .SendAsync(Recipient.Of("chief@luohu.test")!, Message, TestContext.Current.CancellationToken);
}
