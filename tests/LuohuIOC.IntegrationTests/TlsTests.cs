using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LuohuIOC.Tests;

namespace LuohuIOC.IntegrationTests;

/// <summary>MQTT and HTTP over TLS on a real host, with mosquitto's and .NET's clients; certificates of the test's own.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _here = Directory.CreateTempSubdirectory("luohu-tls-").FullName;
    private readonly Authority _ours;
    private readonly Authority _foreign;

    public TlsTests() => (_ours, _foreign) = (new Authority(_here, "luohu-ca"), new Authority(_here, "foreign-ca"));

    public void Dispose()
    {
        _ours.Dispose();
        _foreign.Dispose();
        Directory.Delete(_here, recursive: true);
    }

    [Fact]
    public async Task A_gateways_certificate_replaces_its_secret_and_a_wrong_one_is_refused_and_kept_with_its_reason()
    {
        await using var host = new HostProcess(null, MqttTls(out var port, "Required"));
        await host.StartAsync();
        var sensor = (await host.GetAsync("sensors?kind=outfall&limit=1")).GetProperty("items")[0];
        var (gateway, id) = (sensor.GetProperty("gateway").GetString()!, sensor.GetProperty("id").GetString()!);
        var good = _ours.ForGateway("good", gateway);
        Assert.Equal(0, await PublishAsync(port, gateway, id, good));
        // By an alternative name, when the user name says which.
        Assert.Equal(0, await PublishAsync(port, gateway, id, _ours.ForGateway("alias", "Box 7", ["box-7", gateway]), "-u", gateway));
        await Wait.UntilAsync(async () => await host.CountAsync() == 2, () => "both readings");

        Assert.NotEqual(0, await PublishAsync(port, gateway, id, null));
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, null, "-u", gateway, "-P", host.Secrets()[gateway]));
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, _ours.ForGateway("late", gateway, days: -1)));
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, _foreign.ForGateway("foreign", gateway)));
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, _ours.ForServer("server-as-client", gateway)));
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, _ours.ForGateway("unknown", "nobody")));
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, good, "-u", "nobody"));
        // A gateway's certificate opens its own topics only.
        await PublishAsync(port, "another", id, good);
        string[] expected = ["certificate_expired", "certificate_foreign", "certificate_invalid", "certificate_name", "certificate_name", "topic_forbidden"];
        List<string> reasons = [];
        await Wait.UntilAsync(
            async () => (reasons = [.. (await host.GetAsync("rejections?limit=50")).GetProperty("items").EnumerateArray().Select(r => r.GetProperty("reason").GetString()!).Order(StringComparer.Ordinal)]).Count >= expected.Length,
            () => $"the refusals; kept are {string.Join(' ', reasons)}; output:\n{host.Output}");
        Assert.Equal(expected, reasons);
        Assert.Equal(2, await host.CountAsync());

        await host.SendAsync(HttpMethod.Delete, $"gateways/{gateway}/secret", null);
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, good));
    }

    [Fact]
    public async Task With_certificates_allowed_a_secret_does_as_well_and_the_plain_port_is_for_this_machine_only()
    {
        await using var host = new HostProcess(null, [.. MqttTls(out var port, "Allowed"), "--Mqtt:Tls:Only=true"]);
        await host.StartAsync();
        var sensor = (await host.GetAsync("sensors?kind=outfall&limit=1")).GetProperty("items")[0];
        var (gateway, id) = (sensor.GetProperty("gateway").GetString()!, sensor.GetProperty("id").GetString()!);
        Assert.Equal(0, await PublishAsync(port, gateway, id, null, "-u", gateway, "-P", host.Secrets()[gateway]));
        Assert.Equal(0, await PublishAsync(port, gateway, id, _ours.ForGateway("good", gateway)));
        for (var i = 0; i < 2; i++) Assert.NotEqual(0, await PublishAsync(port, gateway, id, null, "-u", gateway, "-P", "wrong"));
        Assert.NotEqual(0, await PublishAsync(port, gateway, id, null, "-u", "nobody", "-P", "wrong"));
        // Bad user name or password (MQTT 5.0, 3.2.2.2), although the client has left its name to the broker.
        Assert.Equal(0x86, await PublishAsync(port, gateway, id, null, "-V", "5", "-u", gateway, "-P", "wrong"));
        List<string> reasons = [];
        await Wait.UntilAsync(
            async () => (reasons = [.. (await host.GetAsync("rejections?limit=50")).GetProperty("items").EnumerateArray().Select(r => r.GetProperty("reason").GetString()!)]).Contains("gateway_unknown"),
            () => "the refusals");
        Assert.Equal(["gateway_unknown", "secret_wrong"], reasons);
        Assert.Equal(0, (await Mosquitto.PublishAsync(host.MqttPort, $"luohu/v1/{gateway}/{id}/telemetry", Reading, gateway, host.Secrets()[gateway])).ExitCode);
        Assert.Contains($"localhost:{host.MqttPort}", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"[::]:{host.MqttPort}", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_an_old_protocol_is_refused()
    {
        var (certificate, key) = _ours.ForServer("server", "first");
        var port = Ports.Next();
        await using var host = new HostProcess(null, $"--Http:Tls:Port={port}", $"--Http:Tls:Certificate={certificate}", $"--Http:Tls:Key={key}");
        await host.StartAsync();
        Assert.Equal("CN=first", await ShownAsync(port, SslProtocols.None));
        using (var client = Trusting())
        {
            using var answer = await client.GetAsync(new Uri($"https://localhost:{port}/healthz/live"), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode);
        }
#pragma warning disable SYSLIB0039, CA5397 // Offered to be refused.
        await Assert.ThrowsAnyAsync<Exception>(() => ShownAsync(port, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397

        // Half renewed: the key is another's. The old one stays, and the log says so.
        _ours.ForServer("other", "other");
        File.Copy(Path.Combine(_here, "other.key"), key, overwrite: true);
        await Wait.UntilAsync(async () => await ShownAsync(port, SslProtocols.None) == "CN=first" && host.Output.Contains("stays in use", StringComparison.Ordinal), () => "the old certificate to stay");
        File.Copy(Path.Combine(_here, "other.pem"), certificate, overwrite: true);
        await Wait.UntilAsync(async () => await ShownAsync(port, SslProtocols.None) == "CN=other", () => "the renewed certificate");
    }

    [Theory]
    [InlineData("missing", "Http:Tls:Certificate")]
    [InlineData("expired", "expired")]
    [InlineData("mismatch", "Http:Tls:Key")]
    [InlineData("nothing", "Tls:Certificate")]
    [InlineData("garbage", "Http:Tls:Certificate")]
    public async Task A_certificate_that_cannot_be_used_ends_the_start_with_its_reason(string fault, string said)
    {
        var (certificate, key) = _ours.ForServer("server", days: fault == "expired" ? -1 : 30);
        if (fault == "mismatch") key = _ours.ForServer("other").Key;
        if (fault == "missing") File.Delete(certificate);
        if (fault == "garbage") await File.WriteAllTextAsync(certificate, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----", TestContext.Current.CancellationToken);
        await using var host = new HostProcess(null, $"--Http:Tls:Port={Ports.Next()}", $"--Http:Tls:Certificate={(fault == "nothing" ? "" : certificate)}", $"--Http:Tls:Key={key}");
        host.Launch();
        Assert.True(await host.ExitAsync() == 2, host.Output);
        Assert.Contains(said, host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    private static string Reading => JsonSerializer.Serialize(new { ts = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), values = new { level = 1.5 } });

    private string[] MqttTls(out int port, string clients)
    {
        var (certificate, key) = _ours.ForServer("server");
        port = Ports.Next();
        return [$"--Mqtt:Tls:Port={port}", $"--Mqtt:Tls:Certificate={certificate}", $"--Mqtt:Tls:Key={key}", $"--Mqtt:Tls:ClientCa={_ours.Path}", $"--Mqtt:Tls:ClientCertificates={clients}"];
    }

    private async Task<int> PublishAsync(int port, string gateway, string sensor, (string Certificate, string Key)? own, params string[] more)
    {
        string[] shown = own is { } pair ? ["--cert", pair.Certificate, "--key", pair.Key] : [];
        return (await Mosquitto.RunAsync("mosquitto_pub", port, null, null, ["-V", "mqttv5", "-q", "1", "-t", $"luohu/v1/{gateway}/{sensor}/telemetry", "-m", Reading, "--cafile", _ours.Path, .. shown, .. more])).ExitCode;
    }

    private HttpClient Trusting()
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                using var chain = new X509Chain();
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(_ours.Path);
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                return chain.Build(certificate!);
            },
        };
        return new HttpClient(handler);
    }

    /// <summary>Subject of the certificate that the server shows.</summary>
    private static async Task<string> ShownAsync(int port, SslProtocols protocols)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port);
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocols });
        return tls.RemoteCertificate!.Subject;
    }
}
