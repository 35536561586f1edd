using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using LuohuIOC.Simulator.Wire;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Wire;

public sealed class GatewayLinkTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly int _port = Ports.Next();
    private readonly ConcurrentQueue<(string Topic, string Payload, bool Retain)> _received = new();
    private readonly CancellationTokenSource _stop = new(Patience);
    private MqttServer? _server;

    [Fact]
    public async Task A_gateway_comes_online_sends_and_leaves_when_all_is_acknowledged()
    {
        await StartBrokerAsync();
        var link = Link("secret");
        Assert.True(link.Offer(Message(1)));
        Assert.True(link.Offer(Message(2)));
        link.Complete();
        await link.RunAsync(_stop.Token);
        Assert.Equal(
            [("luohu/v1/gw-1/status", "online", true), ("luohu/v1/gw-1/telemetry", "1", false), ("luohu/v1/gw-1/telemetry", "2", false), ("luohu/v1/gw-1/status", "offline", true)],
            _received);
        Assert.Equal((2, 20), (link.Acknowledged, link.AcknowledgedReadings));
    }

    [Fact]
    public async Task What_was_not_acknowledged_is_sent_again_over_the_next_connection()
    {
        await StartBrokerAsync();
        var link = Link("secret");
        var dropped = false;
        _server!.InterceptingPublishAsync += async e =>
        {
            if (dropped || e.ApplicationMessage.Topic != "luohu/v1/gw-1/telemetry") return;
            dropped = true;
            e.CloseConnection = true;
            e.ProcessPublish = false;
            await Task.CompletedTask;
        };
        link.Offer(Message(1));
        link.Offer(Message(2));
        link.Complete();
        await link.RunAsync(_stop.Token);
        Assert.True(dropped);
        Assert.Equal(2, link.Acknowledged);
        Assert.Equal(["1", "2"], _received.Where(m => m.Topic.EndsWith("telemetry", StringComparison.Ordinal)).Select(m => m.Payload).Distinct());
    }

    [Fact]
    public async Task A_wrong_secret_is_told_and_nothing_is_lost()
    {
        await StartBrokerAsync();
        var link = Link("wrong");
        link.Offer(Message(1));
        var running = link.RunAsync(_stop.Token);
        await UntilAsync(() => link.Trouble is not null);
        Assert.Contains("BadUserNameOrPassword", link.Trouble);
        Assert.False(link.Connected);
        Assert.Equal((0, 0), (link.Acknowledged, link.Dropped));
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public void A_full_outbox_drops_and_counts()
    {
        var link = Link("secret");
        for (var i = 0; i < GatewayLink.OutboxMessages; i++) Assert.True(link.Offer(Message(i)));
        Assert.False(link.Offer(Message(0)));
        Assert.Equal(1, link.Dropped);
    }

    [Fact]
    public async Task A_command_is_answered_and_asks_for_a_report()
    {
        await StartBrokerAsync();
        var asked = new TaskCompletionSource<string>();
        var link = Link("secret", asked.SetResult);
        var running = link.RunAsync(_stop.Token);
        link.Offer(Message(1));
        await UntilAsync(() => link.Connected);
        await _server!.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(new MqttApplicationMessageBuilder().WithTopic("luohu/v1/gw-1/pipe-1/command")
                .WithPayload("""{"id":"c-1","action":"report"}""").WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build())
            { SenderClientId = "server" },
            _stop.Token);
        Assert.Equal("pipe-1", await asked.Task.WaitAsync(_stop.Token));
        link.Complete();
        await running;
        Assert.Contains(("luohu/v1/gw-1/pipe-1/command/reply", """{"id":"c-1","result":"done"}""", false), _received);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.StopAsync();
        _server?.Dispose();
        _stop.Dispose();
    }

    private async Task StartBrokerAsync()
    {
        var options = new MqttServerOptionsBuilder().WithDefaultEndpoint().WithDefaultEndpointPort(_port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback).Build();
        _server = new MqttServerFactory().CreateMqttServer(options);
        _server.ValidatingConnectionAsync += e =>
        {
            if (e.UserName != "gw-1" || e.Password != "secret") e.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
            return Task.CompletedTask;
        };
        _server.InterceptingPublishAsync += e =>
        {
            if (e.ClientId == "gw-1")
                _received.Enqueue((e.ApplicationMessage.Topic, Encoding.UTF8.GetString(e.ApplicationMessage.Payload.ToArray()), e.ApplicationMessage.Retain));
            return Task.CompletedTask;
        };
        await _server.StartAsync();
    }

    private GatewayLink Link(string secret, Action<string>? onCommand = null) =>
        new(new BrokerAddress("127.0.0.1", _port), "gw-1", secret, 1, TimeProvider.System) { OnCommand = onCommand };

    private static GatewayMessage Message(int number) => new("luohu/v1/gw-1/telemetry", Encoding.UTF8.GetBytes($"{number}"), 10);

    private async Task UntilAsync(Func<bool> condition)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition()) await look.WaitForNextTickAsync(_stop.Token);
    }
}
