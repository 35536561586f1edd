using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>A real host that takes its messages from a real mosquitto; the embedded broker is off.</summary>
public sealed class OutsideBrokerTests : IAsyncLifetime
{
    private const string Secret = "secret-of-gw-1";

    // With the access list that operators are given.
    private readonly MosquittoServer _broker = new(folder =>
    {
        File.Copy(Path.Combine(Repository(), "firmware-contracts", "mosquitto", "acl"), $"{folder}/acl");
        MosquittoServer.Passwords($"{folder}/passwords", ("ioc", "secret-of-ioc"), ("gw-1", Secret), ("gw-2", "secret-of-gw-2"));
        return $"password_file {folder}/passwords\nacl_file {folder}/acl";
    });

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task Readings_refusals_commands_replies_and_presence_pass_through_the_outside_broker(string version)
    {
        await using var host = Host(null, "one", $"--Mqtt:Outside:Version={version}", "--Registry:District=Empty", "--Registry:AutoRegister=true");
        await host.StartAsync();
        using var gateway = await GatewayAsync(_broker.Port, "gw-1", "gw-1", Secret);
        var down = new ConcurrentQueue<string>();
        gateway.ApplicationMessageReceivedAsync += message =>
        {
            down.Enqueue(Encoding.UTF8.GetString(message.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await gateway.SubscribeAsync("luohu/v1/gw-1/+/command", MqttQualityOfServiceLevel.AtLeastOnce);
        await gateway.PublishStringAsync("luohu/v1/gw-1/status", "online", MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
        await ServesAsync(host, 1);
        await IsWholeAsync(host);

        // Another gateway's name is kept back by the broker already: nothing of it arrives.
        using (var stranger = await GatewayAsync(_broker.Port, "gw-2", "gw-2", "secret-of-gw-2"))
            await stranger.PublishStringAsync("luohu/v1/gw-1/telemetry", "no JSON", MqttQualityOfServiceLevel.AtLeastOnce);
        await SendAsync(gateway, "luohu/v1/gw-1/telemetry", """{"s-1":[{"ts":1732262400000,"seq":1,"values":{"level":0.5}}]}""");
        await SendAsync(gateway, "luohu/v1/gw-1/telemetry", "no JSON");
        await Wait.UntilAsync(async () => await host.CountAsync() == 1, () => $"the reading in history; output:\n{host.Output}");
        var refused = default(JsonElement);
        await Wait.UntilAsync(
            async () => (refused = (await host.GetAsync("rejections")).GetProperty("items")).GetArrayLength() == 1 && refused[0].GetProperty("reason").GetString() == "not_json",
            () => $"the refused payload alone with its reason; there are: {refused}\noutput:\n{host.Output}");

        var sent = await host.SendAsync(HttpMethod.Post, "sensors/s-1/commands", new { name = "report_now" });
        Assert.True(sent.GetProperty("gatewayOnline").GetBoolean());
        await Wait.UntilAsync(() => down.Count == 1, () => $"the command at the gateway; output:\n{host.Output}");
        var id = JsonSerializer.Deserialize<JsonElement>(down.Single()).GetProperty("id").GetString();
        Assert.Equal(sent.GetProperty("id").GetString(), id);
        await SendAsync(gateway, "luohu/v1/gw-1/s-1/command/reply", $$$"""{"id":"{{{id}}}","state":"done","ts":1732262401250}""");
        await Wait.UntilAsync(
            async () => (await host.GetAsync("sensors/s-1/commands")).GetProperty("items")[0].GetProperty("state").GetString() == "done",
            () => "the reply in the book of commands");
        Assert.Equal(0, await host.StopAsync());
    }

    [Fact]
    public async Task A_disabled_gateway_that_the_broker_still_lets_in_is_refused_until_it_has_a_new_secret()
    {
        await using var host = Host(null, "one", "--Registry:District=Empty", "--Registry:AutoRegister=true");
        await host.StartAsync();
        await ServesAsync(host, 1);
        await IsWholeAsync(host);
        using var gateway = await GatewayAsync(_broker.Port, "gw-1", "gw-1", Secret);
        await SendAsync(gateway, "luohu/v1/gw-1/telemetry", """{"s-1":[{"ts":1732262400000,"seq":1,"values":{"level":0.5}}]}""");
        await Wait.UntilAsync(() => File.Exists($"{host.Data}/credentials/gateways.csv") && host.Secrets().ContainsKey("gw-1"), () => "the gateway to be enrolled");
        await host.SendAsync(HttpMethod.Delete, "gateways/gw-1/secret", null);
        Assert.Empty(host.Secrets());

        await SendAsync(gateway, "luohu/v1/gw-1/telemetry", """{"s-1":[{"ts":1732262400001,"seq":2,"values":{"level":0.5}}]}""");
        await gateway.PublishStringAsync("luohu/v1/gw-1/status", "online", MqttQualityOfServiceLevel.AtLeastOnce);
        await Wait.UntilAsync(
            async () => (await host.GetAsync("rejections?reason=gateway_disabled")).GetProperty("items").GetArrayLength() == 2, () => $"both to be refused; output:\n{host.Output}");

        var secret = (await host.SendAsync(HttpMethod.Post, "gateways/gw-1/secret", null)).GetProperty("secret").GetString();
        Assert.Equal(secret, host.Secrets()["gw-1"]);
        await SendAsync(gateway, "luohu/v1/gw-1/telemetry", """{"s-1":[{"ts":1732262400002,"seq":3,"values":{"level":0.5}}]}""");
        await Wait.UntilAsync(async () => await host.CountAsync() == 2, () => $"the reading after the new secret; output:\n{host.Output}");
    }

    [Fact]
    public async Task What_was_received_but_not_yet_durable_when_the_host_was_killed_comes_again_and_is_stored_once()
    {
        using var disk = new SmallDisk();
        await using var host = Host(disk.Folder, "one", "--Registry:District=Empty", "--Registry:AutoRegister=true");
        await host.StartAsync();
        await IsWholeAsync(host);
        using var gateway = await GatewayAsync(_broker.Port, "gw-1", "gw-1", Secret);
        disk.Fill();
        for (var i = 0; i < 50; i++) await SendAsync(gateway, "luohu/v1/gw-1/telemetry", $$$"""{"s-1":[{"ts":{{{1732262400000 + i}}},"seq":{{{i}}},"values":{"level":0.5}}]}""");
        await Wait.UntilAsync(
            async () => (await OutsideAsync(host)).GetProperty("sessions")[0].GetProperty("received").GetInt64() == 50, () => $"the messages to be received; output:\n{host.Output}");
        await Wait.UntilAsync(() => host.Output.Contains("Journal cannot write", StringComparison.Ordinal), () => $"the journal to say that it cannot write; output:\n{host.Output}");
        await host.KillAsync();

        disk.MakeRoom();
        await host.StartAsync();
        await Wait.UntilAsync(async () => await host.CountAsync() == 50, () => $"the readings in history; output:\n{host.Output}");
        await Wait.UntilAsync(async () => (await OutsideAsync(host)).GetProperty("sessions")[0].GetProperty("redelivered").GetInt64() == 50, () => $"all to come again; output:\n{host.Output}");
        await Wait.UntilAsync(async () => (await OutsideAsync(host)).GetProperty("sessions")[0].GetProperty("unacknowledged").GetInt64() == 0, () => "all to be acknowledged");

        // The same by a gateway that lost its own acknowledgements.
        for (var i = 0; i < 50; i++) await SendAsync(gateway, "luohu/v1/gw-1/telemetry", $$$"""{"s-1":[{"ts":{{{1732262400000 + i}}},"seq":{{{i}}},"values":{"level":0.5}}]}""");
        await SendAsync(gateway, "luohu/v1/gw-1/telemetry", """{"s-2":[{"ts":1732262400000,"seq":1,"values":{"level":0.5}}]}""");
        await Wait.UntilAsync(async () => await host.CountAsync() >= 51, () => $"the last reading in history; output:\n{host.Output}");
        Assert.Equal(51, await host.CountAsync());
    }

    [Fact]
    public async Task A_broker_that_is_restarted_is_found_again_and_has_kept_what_came_while_the_host_was_away()
    {
        await using var host = Host(null, "one", "--Registry:District=Empty", "--Registry:AutoRegister=true");
        await host.StartAsync();
        await ServesAsync(host, 1);
        Assert.Equal(0, await host.StopAsync());
        using (var gateway = await GatewayAsync(_broker.Port, "gw-1", "gw-1", Secret))
            await SendAsync(gateway, "luohu/v1/gw-1/telemetry", """{"s-1":[{"ts":1732262400000,"seq":1,"values":{"level":0.5}}]}""");
        await _broker.StopAsync();

        await host.StartAsync();
        await Wait.UntilAsync(async () => await WhyAsync(host) is { } why && why.Contains("Mqtt:Outside:Url", StringComparison.Ordinal), () => "the readiness to say that nobody answers");
        await Wait.UntilAsync(() => host.Output.Contains("nobody answers at", StringComparison.Ordinal), () => $"the log to say so too; output:\n{host.Output}");
        await _broker.StartAsync();
        await Wait.UntilAsync(async () => await host.CountAsync() == 1, () => $"the reading that waited at the broker; output:\n{host.Output}");
        using (var gateway = await GatewayAsync(_broker.Port, "gw-1", "gw-1", Secret))
            await SendAsync(gateway, "luohu/v1/gw-1/telemetry", """{"s-1":[{"ts":1732262400001,"seq":2,"values":{"level":0.5}}]}""");
        await Wait.UntilAsync(async () => await host.CountAsync() == 2, () => $"a reading after the restart; output:\n{host.Output}");
        await Wait.UntilAsync(async () => await WhyAsync(host) is null, () => "the host to be well again");
    }

    private HostProcess Host(string? data, string name, params string[] settings) =>
        new(data, [$"--Mqtt:Outside:Url={_broker.Url}", $"--Mqtt:Outside:Host={name}", "--Mqtt:Outside:User=ioc", "--Mqtt:Outside:Password=secret-of-ioc", .. settings]) { MqttPort = 0 };

    internal static Task<JsonElement> OutsideAsync(HostProcess host) => host.GetAsync("ingestion/outside");

    /// <summary>A number of all sessions that a host serves, such as <c>received</c>.</summary>
    internal static async Task<long> SumAsync(HostProcess host, string what) =>
        (await OutsideAsync(host)).GetProperty("sessions").EnumerateArray().Sum(s => s.GetProperty(what).GetInt64());

    internal static Task ServesAsync(HostProcess host, int sessions) => Wait.UntilAsync(
        async () => (await OutsideAsync(host)).GetProperty("sessions").EnumerateArray()
            .Count(s => s.GetProperty("connectedSince").ValueKind == JsonValueKind.String && !s.GetProperty("host").GetString()!.StartsWith("raw.", StringComparison.Ordinal)) == sessions,
        () => $"{sessions} sessions of the outside broker; output:\n{host.Output}");

    // Before that a message comes by the share and by its guard: it is one reading, and two refusals.
    private static Task IsWholeAsync(HostProcess host) => Wait.UntilAsync(
        async () => (await OutsideAsync(host)).GetProperty("guard") is { ValueKind: JsonValueKind.Object } guard && guard.GetProperty("shareIsWhole").GetBoolean(),
        () => $"the share to be whole; output:\n{host.Output}");

    internal static async Task<IMqttClient> GatewayAsync(int port, string id, string? user = null, string? secret = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(id);
        if (user is not null) options.WithCredentials(user, secret);
        await client.ConnectAsync(options.Build());
        return client;
    }

    internal static async Task SendAsync(IMqttClient client, string topic, string payload) =>
        Assert.True((await client.PublishStringAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce)).IsSuccess);

    // What readiness says of the outside broker in English; null when it is well.
    private static async Task<string?> WhyAsync(HostProcess host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz/ready");
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", host.Token);
        request.Headers.AcceptLanguage.ParseAdd("en");
        using var response = await host.Http.SendAsync(request);
        var ready = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        return ready.GetProperty("parts").EnumerateArray().Single(p => p.GetProperty("part").GetString() == "outside-broker").GetProperty("why").GetString();
    }

    private static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
