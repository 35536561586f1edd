using System.Diagnostics;
using System.Net.Sockets;
using LuohuIOC.Ingestion.Broker;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>What one connection, known or not, may cost the host at most.</summary>
public sealed class HostileConnectionTests(HostWithDistrict fixture) : IClassFixture<HostWithDistrict>
{
    private readonly HostProcess _host = fixture.Host;

    /// <summary>Each used to keep a processor busy for a hundred seconds, and a few hundred the host for ever.</summary>
    [Fact]
    public async Task Connections_that_are_closed_within_a_packet_cost_nothing()
    {
        for (var i = 0; i < 50; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", _host.MqttPort, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync((byte[])[0x10, 0x64, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 5, 2], TestContext.Current.CancellationToken);
        }
        using var process = Process.GetProcessById(_host.Id);
        var (spent, at) = (TimeSpan.MaxValue, 0L);
        await Wait.UntilAsync(
            () =>
            {
                if (at != 0 && Stopwatch.GetElapsedTime(at) < TimeSpan.FromSeconds(2)) return false;
                process.Refresh();
                var share = at == 0 ? 1 : (process.TotalProcessorTime - spent) / Stopwatch.GetElapsedTime(at);
                (spent, at) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
                return share < 0.2;
            },
            () => "the host to be idle", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_ended()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _host.MqttPort, TestContext.Current.CancellationToken);
        var ended = EndOf(socket.GetStream());
        await Wait.UntilAsync(() => ended.IsCompleted, () => "the end of a connection without a CONNECT");
    }

    [Theory]
    [InlineData(BrokerIntake.TopicAliasMax + 1, 40)]
    [InlineData(1, BrokerIntake.AliasedTopicLengthMax + 1)]
    public async Task A_topic_is_remembered_under_a_number_within_bounds_only(ushort alias, int length)
    {
        var (gateway, _) = Credentials(0);
        using var client = new MqttClientFactory().CreateMqttClient();
        var welcome = await client.ConnectAsync(Options(0), TestContext.Current.CancellationToken);
        Assert.Equal(BrokerIntake.TopicAliasMax, welcome.TopicAliasMaximum);
        await PublishAsync(client, $"luohu/v1/{gateway}/telemetry", BrokerIntake.TopicAliasMax);
        Assert.True(client.IsConnected);

        _ = PublishAsync(client, $"luohu/v1/{gateway}/".PadRight(length, 'x'), alias);

        await Wait.UntilAsync(() => !client.IsConnected, () => "the connection's end");
    }

    [Fact]
    public async Task A_publish_that_no_acknowledgement_could_name_ends_its_connection_unread()
    {
        var (gateway, secret) = Credentials(0);
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _host.MqttPort, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        // MQTT 3.1.1, clean session, a minute of keep-alive; the client leaves its name to the broker.
        await stream.WriteAsync(Packet(0x10, [.. Text("MQTT"), 4, 0xC2, 0, 60, .. Text(""), .. Text(gateway), .. Text(secret)]), TestContext.Current.CancellationToken);
        var welcome = new byte[4];
        await stream.ReadExactlyAsync(welcome, TestContext.Current.CancellationToken);
        Assert.Equal([0x20, 2, 0, 0], welcome);
        await stream.WriteAsync(Packet(0x32, [.. Text($"luohu/v1/{gateway}/telemetry"), 0, 0, .. "no JSON"u8]), TestContext.Current.CancellationToken);
        Assert.Equal(0, await EndOf(stream).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal(0, (await _host.GetAsync("rejections?reason=not_json")).GetProperty("items").GetArrayLength());
        await Wait.UntilAsync(() => _host.Output.Contains("packet identifier 0", StringComparison.Ordinal), () => $"the reason in the log; {_host.Output}");
    }

    [Fact]
    public async Task A_connection_has_so_many_filters_and_no_more()
    {
        var (gateway, _) = Credentials(1);
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(Options(1), TestContext.Current.CancellationToken);
        string Filter(int sensor) => $"luohu/v1/{gateway}/s-{sensor}/command";
        foreach (var part in Enumerable.Range(0, GatewaySession.FiltersMax).Chunk(1_000))
            Assert.All(await SubscribeAsync(client, [.. part.Select(Filter)]), code => Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS0, code));

        Assert.Equal([MqttClientSubscribeResultCode.QuotaExceeded, MqttClientSubscribeResultCode.GrantedQoS0], await SubscribeAsync(client, Filter(-1), Filter(0)));
        await client.UnsubscribeAsync(Filter(0), TestContext.Current.CancellationToken);
        Assert.Equal([MqttClientSubscribeResultCode.GrantedQoS0], await SubscribeAsync(client, Filter(-1)));
        await client.UnsubscribeAsync(Filter(1), TestContext.Current.CancellationToken);
        Assert.Equal([MqttClientSubscribeResultCode.NotAuthorized], await SubscribeAsync(client, "spBv1.0/STATE/" + new string('x', BrokerEvents.NameLengthMax)));
    }

    [Fact]
    public async Task A_gateway_has_so_many_connections_and_no_more()
    {
        var clients = new List<IMqttClient>();
        try
        {
            for (var i = 0; i < BrokerEvents.ConnectionsMax; i++)
            {
                clients.Add(new MqttClientFactory().CreateMqttClient());
                Assert.Equal(MqttClientConnectResultCode.Success, (await clients[^1].ConnectAsync(Options(2, $"c-{i}"), TestContext.Current.CancellationToken)).ResultCode);
            }
            using var further = new MqttClientFactory().CreateMqttClient();
            Assert.Equal(MqttClientConnectResultCode.QuotaExceeded, (await further.ConnectAsync(Options(2, "further"), TestContext.Current.CancellationToken)).ResultCode);
            using var again = new MqttClientFactory().CreateMqttClient();
            Assert.Equal(MqttClientConnectResultCode.Success, (await again.ConnectAsync(Options(2, "c-0"), TestContext.Current.CancellationToken)).ResultCode);
            using var other = new MqttClientFactory().CreateMqttClient();
            Assert.Equal(MqttClientConnectResultCode.Success, (await other.ConnectAsync(Options(3, "c-0"), TestContext.Current.CancellationToken)).ResultCode);
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData(null)]
    public async Task A_client_name_reads_in_a_log_line(string? name)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var answer = await client.ConnectAsync(Options(4, name ?? new string('x', BrokerEvents.NameLengthMax + 1)), TestContext.Current.CancellationToken);
        Assert.Equal(MqttClientConnectResultCode.ClientIdentifierNotValid, answer.ResultCode);
    }

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. System.Text.Encoding.ASCII.GetBytes(text)];

    // Of fewer than 128 bytes.
    private static byte[] Packet(byte header, byte[] rest) => [header, checked((byte)rest.Length), .. rest];

    private static async Task<int> EndOf(NetworkStream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task<MqttClientSubscribeResultCode[]> SubscribeAsync(IMqttClient client, params string[] filters)
    {
        var answer = await client.SubscribeAsync(
            new MqttClientSubscribeOptions { TopicFilters = [.. filters.Select(f => new MqttTopicFilter { Topic = f, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce })] },
            TestContext.Current.CancellationToken);
        return [.. answer.Items.Select(i => i.ResultCode)];
    }

    private static Task PublishAsync(IMqttClient client, string topic, ushort alias) => client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(topic).WithTopicAlias(alias).WithPayload("{}").WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtMostOnce).Build(),
        TestContext.Current.CancellationToken);

    private (string Gateway, string Secret) Credentials(int index)
    {
        var (gateway, secret) = _host.Secrets().ElementAt(index);
        return (gateway, secret);
    }

    private MqttClientOptions Options(int index, string name = "hostile")
    {
        var (gateway, secret) = Credentials(index);
        return new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _host.MqttPort).WithClientId(name).WithCredentials(gateway, secret)
            .WithProtocolVersion(MqttProtocolVersion.V500).Build();
    }
}
