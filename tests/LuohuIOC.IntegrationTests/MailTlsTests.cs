using System.Security.Cryptography.X509Certificates;
using LuohuIOC.Tests.Notices;

namespace LuohuIOC.IntegrationTests;

/// <summary>Mail over STARTTLS with a sign-in, from a real host: whom it trusts is what its machine trusts, here the file that OpenSSL is told of.</summary>
public sealed class MailTlsTests
{
    private const string Password = "pass-phrase-of-mail";

    [Fact]
    public async Task Mail_goes_encrypted_and_signed_in_to_a_server_whose_authority_the_machine_trusts_and_to_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("luohu-mail-");
        try
        {
            using var authority = new Authority(folder.FullName, "mail-ca");
            var (certificate, key) = authority.ForServer("mail");
            using var pair = X509Certificate2.CreateFromPemFile(certificate, key);
            await using var mail = MailServer.StartGuarded(pair, Password);

            await using (var trusting = Host(mail, Password, "env", $"SSL_CERT_FILE={authority.Path}"))
            {
                var (failures, answer) = await TryAsync(trusting);
                Assert.True(failures == 0, answer);
                Assert.Equal("chief@luohu.test", Assert.Single(mail.Messages).To.Mailboxes.Single().Address);
                Assert.DoesNotContain(Password, trusting.Output, StringComparison.Ordinal);
            }
            await using (var mistaken = Host(mail, "another-phrase", "env", $"SSL_CERT_FILE={authority.Path}"))
                Assert.Contains("authentication", (await TryAsync(mistaken)).Answer, StringComparison.OrdinalIgnoreCase);
            await using (var wary = Host(mail, Password)) Assert.Contains("certificate", (await TryAsync(wary)).Answer, StringComparison.OrdinalIgnoreCase);
            Assert.Single(mail.Messages);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static HostProcess Host(MailServer mail, string password, params string[] wrapper) => new(
        null, "--Notices:Mail:Host=localhost", $"--Notices:Mail:Port={mail.Port}", $"--Notices:Mail:User={MailServer.User}", $"--Notices:Mail:Password={password}",
        "--Notices:Mail:From=ioc@luohu.test", "--Notices:Policies:0:Name=chief", "--Notices:Policies:0:To:0=chief@luohu.test")
    { Wrapper = wrapper };

    /// <summary>Sends a message to try the way: how often in a row that has failed, and what the server said.</summary>
    private static async Task<(int Failures, string? Answer)> TryAsync(HostProcess host)
    {
        await host.StartAsync();
        var line = (await host.SendAsync(HttpMethod.Post, "notices/chief/test", new { })).GetProperty("items")[0];
        return (line.GetProperty("failures").GetInt32(), line.GetProperty("answer").GetString());
    }
}
