using System.Net;
using LuohuIOC.Ingestion.Outside;
using LuohuIOC.Tests;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>The product's own connection against a real mosquitto: what it says when it is not let in, and how it gets in over TLS.</summary>
public sealed class OutsideConnectionTests
{
    [Fact]
    public async Task A_wrong_password_is_told_with_the_key_to_look_at()
    {
        await using var broker = new MosquittoServer(folder =>
        {
            MosquittoServer.Passwords($"{folder}/users", ("ioc", "right"));
            return $"password_file {folder}/users";
        });
        await broker.StartAsync();
        foreach (var version in (string[])["5", "3.1.1"])
        {
            var fault = await FaultAsync(new OutsideOptions { Url = broker.Url, User = "ioc", Password = "wrong", Version = version });
            Assert.Equal(OutsideFaultKind.Refused, fault.Kind);
            Assert.Contains("user 'ioc'", fault.What, StringComparison.Ordinal);
            Assert.Contains("Mqtt:Outside:User", fault.What, StringComparison.Ordinal);
        }

        var secret = Path.Combine(broker.Folder, "secret");
        await File.WriteAllTextAsync(secret, "right\n");
        await OpensAsync(new OutsideOptions { Url = broker.Url, User = "ioc", PasswordFile = secret });
    }

    [Fact]
    public async Task Nobody_at_the_address_is_told()
    {
        var fault = await FaultAsync(new OutsideOptions { Url = $"mqtt://127.0.0.1:{Ports.Next()}" });
        Assert.Equal(OutsideFaultKind.Unreachable, fault.Kind);
        Assert.Contains("Mqtt:Outside:Url", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_that_the_access_list_keeps_back_is_told()
    {
        await using var broker = new MosquittoServer(folder =>
        {
            File.WriteAllText($"{folder}/acl", "topic read luohu/v1/#\n");
            return $"allow_anonymous true\nacl_file {folder}/acl";
        });
        await broker.StartAsync();
        await using var connection = await OutsideConnection.OpenAsync(Setup(new OutsideOptions { Url = broker.Url }), "c-1", _ => { }, _ => Task.CompletedTask, TestContext.Current.CancellationToken);
        var message = new MqttApplicationMessageBuilder().WithTopic("luohu/ioc/ioc/one/presence").WithPayload("online").WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        var refused = await Assert.ThrowsAsync<OutsideFaultException>(() => connection.PublishAsync(message, TestContext.Current.CancellationToken));
        Assert.Contains("access list", refused.Fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_TLS_a_broker_is_trusted_by_its_authority_and_name_alone()
    {
        using var ours = new TestAuthority("ours");
        using var theirs = new TestAuthority("theirs");
        await using var broker = Tls(ours, folder => ours.Issue($"{folder}/server", "broker.example", IPAddress.Loopback), "");
        await broker.StartAsync();
        var (ca, other) = (ours.Write($"{broker.Folder}/ca.pem"), theirs.Write($"{broker.Folder}/other.pem"));
        var url = $"mqtts://127.0.0.1:{broker.Port}";

        await OpensAsync(new OutsideOptions { Url = url, CaFile = ca });
        await OpensAsync(new OutsideOptions { Url = url, CaFile = ca, Version = "3.1.1" });
        await UntrustedAsync(new OutsideOptions { Url = url, CaFile = other }, "Mqtt:Outside:CaFile", "CN=ours");
        await UntrustedAsync(new OutsideOptions { Url = url }, "Mqtt:Outside:CaFile", "no authority that this machine trusts");
        await UntrustedAsync(new OutsideOptions { Url = $"mqtts://localhost:{broker.Port}", CaFile = ca }, "not made out to 'localhost'", "Mqtt:Outside:Url");
        var plain = await FaultAsync(new OutsideOptions { Url = broker.Url });
        Assert.Contains("mqtts://", plain.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_told_with_its_dates()
    {
        using var ours = new TestAuthority("ours");
        await using var broker = Tls(ours, folder => ours.Issue($"{folder}/server", "broker.example", IPAddress.Loopback, DateTimeOffset.UtcNow.AddDays(-1)), "");
        await broker.StartAsync();
        await UntrustedAsync(new OutsideOptions { Url = $"mqtts://127.0.0.1:{broker.Port}", CaFile = ours.Write($"{broker.Folder}/ca.pem") }, "is valid from", "Renew it");
    }

    [Fact]
    public async Task A_broker_that_asks_for_a_certificate_gets_ours()
    {
        using var ours = new TestAuthority("ours");
        using var theirs = new TestAuthority("theirs");
        await using var broker = Tls(ours, folder => ours.Issue($"{folder}/server", "broker.example", IPAddress.Loopback), "require_certificate true\nuse_identity_as_username true");
        await broker.StartAsync();
        var (url, ca) = ($"mqtts://127.0.0.1:{broker.Port}", ours.Write($"{broker.Folder}/ca.pem"));
        var (certificate, key) = ours.Issue($"{broker.Folder}/client", "ioc");
        var (wrong, wrongKey) = theirs.Issue($"{broker.Folder}/stranger", "ioc");

        await OpensAsync(new OutsideOptions { Url = url, CaFile = ca, CertificateFile = certificate, KeyFile = key });
        var without = await FaultAsync(new OutsideOptions { Url = url, CaFile = ca });
        Assert.True(without.Kind == OutsideFaultKind.Encryption, without.What);
        Assert.Contains("give Mqtt:Outside:CertificateFile", without.What, StringComparison.Ordinal);
        var stranger = await FaultAsync(new OutsideOptions { Url = url, CaFile = ca, CertificateFile = wrong, KeyFile = wrongKey });
        Assert.Contains("may not accept the certificate", stranger.What, StringComparison.Ordinal);
        var unreadable = await FaultAsync(new OutsideOptions { Url = url, CaFile = ca, CertificateFile = key, KeyFile = key });
        Assert.Contains("and PEM", unreadable.What, StringComparison.Ordinal);
    }

    private static MosquittoServer Tls(TestAuthority authority, Func<string, (string Certificate, string Key)> issue, string more) => new(folder =>
    {
        var (certificate, key) = issue(folder);
        return $"allow_anonymous true\ncafile {authority.Write($"{folder}/root.pem")}\ncertfile {certificate}\nkeyfile {key}\n{more}";
    });

    private static OutsideSetup Setup(OutsideOptions options)
    {
        Assert.Null(options.Fault());
        options.Host = "one";
        return new OutsideSetup(Options.Create(options), new ConfigurationBuilder().Build(), TimeProvider.System);
    }

    private static async Task OpensAsync(OutsideOptions options)
    {
        await using var connection = await OutsideConnection.OpenAsync(Setup(options), "c-1", _ => { }, _ => Task.CompletedTask, TestContext.Current.CancellationToken);
        await connection.SubscribeAsync(options.SharedFilters, MqttQualityOfServiceLevel.AtLeastOnce, TestContext.Current.CancellationToken);
        await connection.CloseAsync();
    }

    private static async Task UntrustedAsync(OutsideOptions options, params string[] words)
    {
        var fault = await FaultAsync(options);
        Assert.Equal(OutsideFaultKind.Untrusted, fault.Kind);
        foreach (var word in words) Assert.Contains(word, fault.What, StringComparison.Ordinal);
    }

    private static async Task<OutsideFault> FaultAsync(OutsideOptions options)
    {
        var thrown = await Assert.ThrowsAsync<OutsideFaultException>(
            () => OutsideConnection.OpenAsync(Setup(options), "c-1", _ => { }, _ => Task.CompletedTask, TestContext.Current.CancellationToken));
        return thrown.Fault;
    }
}
