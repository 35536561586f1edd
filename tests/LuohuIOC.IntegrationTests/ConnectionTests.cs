using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using LuohuIOC.Simulator.Load;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>What a connection may do while it lives: commands, withdrawn rights, and every bound at its least.</summary>
public sealed class ConnectionTests(HostWithDistrict fixture) : IClassFixture<HostWithDistrict>
{
    private readonly HostProcess _host = fixture.Host;

    [Fact]
    public async Task A_command_reaches_its_gateway_and_the_reply_is_seen()
    {
        var (sensor, gateway) = await _host.SensorAsync("outfall", 5);
        using var client = await ConnectAsync(gateway, _host.Secrets()[gateway]);
        var commands = new BlockingCollection<(string Topic, JsonElement Command)>();
        client.ApplicationMessageReceivedAsync += message =>
        {
            commands.Add((message.ApplicationMessage.Topic, JsonSerializer.Deserialize<JsonElement>(message.ApplicationMessage.ConvertPayloadToString())));
            return Task.CompletedTask;
        };
        await client.SubscribeAsync($"luohu/v1/{gateway}/+/command", MqttQualityOfServiceLevel.AtLeastOnce, TestContext.Current.CancellationToken);

        var sent = await _host.SendAsync(HttpMethod.Post, $"sensors/{sensor}/commands", new { name = "set_interval", arguments = new { seconds = 60 } });
        Assert.Equal(("sent", true), (sent.GetProperty("state").GetString(), sent.GetProperty("gatewayOnline").GetBoolean()));
        Assert.True(commands.TryTake(out var got, TimeSpan.FromSeconds(30)), "The command did not come.");
        Assert.Equal($"luohu/v1/{gateway}/{sensor}/command", got.Topic);
        Assert.Equal("set_interval", got.Command.GetProperty("name").GetString());
        Assert.Equal(60, got.Command.GetProperty("arguments").GetProperty("seconds").GetInt32());
        var id = got.Command.GetProperty("id").GetString()!;
        Assert.Equal(sent.GetProperty("id").GetString(), id);

        foreach (var state in (string[])["accepted", "done", "failed"])
            await PublishAsync(client, $"luohu/v1/{gateway}/{sensor}/command/reply", $$$"""{"id":"{{{id}}}","state":"{{{state}}}","detail":"fw 1.4","ts":1732262401250}""");
        var known = (await _host.GetAsync($"sensors/{sensor}/commands")).GetProperty("items")[0];
        Assert.Equal((id, "done", "fw 1.4"), (known.GetProperty("id").GetString(), known.GetProperty("state").GetString(), known.GetProperty("detail").GetString()));

        await PublishAsync(client, $"luohu/v1/{gateway}/{sensor}/command/reply", """{"id":"c-never-sent","state":"done","ts":1732262401250}""");
        await PublishAsync(client, $"luohu/v1/{gateway}/{sensor}/command/reply", "done");
        var reasons = new List<string?>();
        await Wait.UntilAsync(
            async () =>
            {
                reasons = [.. (await _host.GetAsync($"rejections?gateway={gateway}")).GetProperty("items").EnumerateArray().Select(r => r.GetProperty("reason").GetString())];
                return reasons.Count >= 2;
            },
            () => $"two refused replies; there are: {string.Join(", ", reasons)}");
        Assert.Equivalent(new[] { "command_unknown", "wrong_shape" }, reasons);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task A_withdrawn_secret_ends_the_connection_that_showed_it(string method)
    {
        var (sensor, gateway) = await _host.SensorAsync(method == "POST" ? "manhole" : "gas", 0);
        using var client = await ConnectAsync(gateway, _host.Secrets()[gateway]);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        await PublishAsync(client, $"luohu/v1/{gateway}/{sensor}/telemetry", """{"ts":1732262400000,"values":{"battery":90}}""");
        await _host.SendAsync(new HttpMethod(method), $"gateways/{gateway}/secret", null);
        await Wait.UntilAsync(() => ended.Task.IsCompleted, () => "the connection's end");
    }

    [Fact]
    public async Task A_gateway_that_takes_anothers_client_name_throws_nobody_out()
    {
        var (_, first) = await _host.SensorAsync("outfall", 0);
        var (_, second) = await _host.SensorAsync("smoke", 0);
        Assert.NotEqual(first, second);
        using var one = await ConnectAsync(first, _host.Secrets()[first], "same-name");
        using var other = await ConnectAsync(second, _host.Secrets()[second], "same-name");
        await one.PingAsync(TestContext.Current.CancellationToken);
        Assert.True(one.IsConnected && other.IsConnected);
        // The same gateway under the same name takes its own session over, and stays online though the old connection ends.
        using var again = await ConnectAsync(first, _host.Secrets()[first], "same-name");
        await Wait.UntilAsync(() => !one.IsConnected, () => "the takeover");
        await again.PingAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>With the session that still hangs it would have that one's promises: an acknowledgement would leave before its own commit.</summary>
    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_link_that_comes_again_while_its_last_connection_hangs_begins_a_session_of_its_own(MqttProtocolVersion version)
    {
        var (gateway, secret) = _host.Secrets().First();
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _host.MqttPort).WithClientId("link").WithCredentials(gateway, secret)
            .WithProtocolVersion(version).WithCleanSession(false).Build();
        using var hanging = new MqttClientFactory().CreateMqttClient();
        await hanging.ConnectAsync(options, TestContext.Current.CancellationToken);

        using var again = new MqttClientFactory().CreateMqttClient();
        var answer = await again.ConnectAsync(options, TestContext.Current.CancellationToken);

        Assert.False(answer.IsSessionPresent);
        await again.PingAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Nothing comes any more that could end it.</summary>
    [Fact]
    public async Task The_alert_of_a_sensor_that_is_retired_ends()
    {
        var (sensor, gateway) = await _host.SensorAsync("manhole", 5);
        using var client = await ConnectAsync(gateway, _host.Secrets()[gateway]);
        await PublishAsync(client, $"luohu/v1/{gateway}/{sensor}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"open":1}}""");
        var raised = default(JsonElement);
        await Wait.UntilAsync(
            async () => (raised = (await _host.GetAsync($"alerts?sensor={sensor}")).GetProperty("items").EnumerateArray().FirstOrDefault()).ValueKind == JsonValueKind.Object, () => "the alert");

        await _host.SendAsync(HttpMethod.Post, $"sensors/{sensor}/retire", null);

        await Wait.UntilAsync(
            async () => (await _host.GetAsync($"alerts/{raised.GetProperty("id").GetString()}")).GetProperty("alert") is var alert
                && (alert.GetProperty("state").GetString() == "closed" || alert.GetProperty("clearedAt").ValueKind == JsonValueKind.String),
            () => "the alert's end");
    }

    [Fact]
    public async Task A_revoked_token_ends_the_hub_connection_that_showed_it()
    {
        var issued = await _host.SendAsync(HttpMethod.Post, "tokens", new { name = "wall", role = "viewer" });
        var token = issued.GetProperty("token").GetString()!;
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(_host.Http.BaseAddress!, "/hubs/wall"), o => o.AccessTokenProvider = () => Task.FromResult<string?>(token)).Build();
        await HostProcess.JoinAsync(hub);
        await _host.SendAsync(HttpMethod.Delete, $"tokens/{issued.GetProperty("id").GetString()}", null);
        await Wait.UntilAsync(() => hub.State == HubConnectionState.Disconnected, () => "the hub connection's end");
    }

    [Fact]
    public async Task One_token_does_not_take_every_place_at_the_wall()
    {
        await using var host = new HostProcess(null, "--Registry:District=Empty", "--Wall:ConnectionsMax=20");
        await host.StartAsync();
        var open = new List<HubConnection>();
        try
        {
            for (var i = 0; i < 18; i++) open.Add(await JoinAsync(host, host.Token));
            await Wait.UntilAsync(async () => (await host.GetAsync("wall/load")).GetProperty("browsers").GetInt32() == 18, () => "18 connections");
            await using var further = Hub(host, host.Token);
            await Assert.ThrowsAnyAsync<Exception>(() => HostProcess.JoinAsync(further));
            var officer = await host.SendAsync(HttpMethod.Post, "tokens", new { name = "officer", role = "duty-officer" });
            open.Add(await JoinAsync(host, officer.GetProperty("token").GetString()!));
            Assert.Equal(HubConnectionState.Connected, open[^1].State);
        }
        finally
        {
            foreach (var hub in open) await hub.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_packet_beyond_the_limit_is_refused_before_it_is_gathered()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _host.MqttPort, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        // CONNECT with a remaining length of 268,435,455 bytes, which never come.
        await stream.WriteAsync((byte[])[0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T'], TestContext.Current.CancellationToken);
        var answer = new byte[16];
        var read = -1;
        try
        {
            read = await stream.ReadAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            read = 0;
        }
        Assert.Equal(0, read);
        await Wait.UntilAsync(
            async () => (await _host.GetAsync("rejections?reason=payload_too_large")).GetProperty("items").EnumerateArray()
                .Any(r => r.GetProperty("payloadBytes").GetInt32() == 268_435_460),
            () => "the refusal, kept");
    }

    /// <summary>The client's library would keep it from being sent: the packet is written past it.</summary>
    [Fact]
    public async Task A_client_of_MQTT_5_is_told_how_large_its_packets_may_be_and_why_it_ends_when_one_is_larger()
    {
        var (gateway, secret) = _host.Secrets().Last();
        using var client = new MqttClientFactory().CreateMqttClient();
        var welcome = await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _host.MqttPort).WithCredentials(gateway, secret).WithProtocolVersion(MqttProtocolVersion.V500).Build(),
            TestContext.Current.CancellationToken);
        Assert.Equal(1u << 20, welcome.MaximumPacketSize);
        var ended = new TaskCompletionSource<MqttClientDisconnectReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += e =>
        {
            ended.TrySetResult(e.Reason);
            return Task.CompletedTask;
        };
        var sent = client.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic($"luohu/v1/{gateway}/telemetry").WithPayload(new byte[1_200_000]).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
            TestContext.Current.CancellationToken);
        Assert.Equal(MqttClientDisconnectReason.PacketTooLarge, await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<Exception>(() => sent);
        await Wait.UntilAsync(
            async () => (await _host.GetAsync($"rejections?reason=payload_too_large&gateway={gateway}")).GetProperty("items").EnumerateArray().Any(),
            () => "the refusal, kept with its gateway");
    }

    [Fact]
    public async Task With_every_bound_at_its_least_all_is_slower_and_nothing_is_lost()
    {
        await using var host = new HostProcess(
            null, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Registry:District=Empty", "--Mqtt:InFlightMax=2", "--Mqtt:RateMax=300",
            "--Journal:GroupBytesMax=4096", "--Journal:BacklogReadingsMax=5", "--Journal:SegmentBytes=65536", "--History:QueueReadings=1000");
        await host.StartAsync();
        using var source = new LoadSource(
            new LoadOptions
            {
                Port = host.MqttPort,
                Connections = 4,
                InFlight = 50,
                Duration = TimeSpan.FromSeconds(4),
                Drain = TimeSpan.FromSeconds(60),
                ReadingsPerMessage = 2,
                Gateways = LoadGateway.Anonymous(4, 20, 3),
            },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        var summary = await source.RunAsync(CancellationToken.None);
        Assert.True(summary.Messages > 100, $"Only {summary.Messages} messages were acknowledged.");
        // A burst of one second's worth, then the rate, for four seconds and the drain of what was under way.
        Assert.True(summary.Messages <= 4 * ((300 * 5) + 50 + 300), $"{summary.Messages} messages went through a rate of 4 x 300/s.");
        await Wait.UntilAsync(async () => await host.CountAsync() == summary.Readings, () => $"{summary.Readings} readings in history");
        Assert.Equal(0, (await host.GetAsync("rejections/summary")).GetProperty("total").GetInt64());
    }

    private async Task<IMqttClient> ConnectAsync(string gateway, string secret, string? name = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _host.MqttPort).WithClientId(name ?? $"{gateway}-test").WithCredentials(gateway, secret)
                .WithProtocolVersion(MqttProtocolVersion.V500).Build(),
            TestContext.Current.CancellationToken);
        return client;
    }

    private static HubConnection Hub(HostProcess host, string token) => new HubConnectionBuilder()
        .WithUrl(new Uri(host.Http.BaseAddress!, "/hubs/wall"), o => o.AccessTokenProvider = () => Task.FromResult<string?>(token)).Build();

    private static async Task<HubConnection> JoinAsync(HostProcess host, string token)
    {
        var hub = Hub(host, token);
        await HostProcess.JoinAsync(hub);
        return hub;
    }

    private static Task PublishAsync(IMqttClient client, string topic, string payload) => client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
        TestContext.Current.CancellationToken);
}
