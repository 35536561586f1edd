using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Ingestion.Outside;
using LuohuIOC.Registry;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Server;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Commands;

/// <summary>The commands' addresses and a real broker.</summary>
public sealed class WaitingCommandsTests : IAsyncLifetime
{
    private const string Path = "/api/v1/sensors/s-1/commands";

    private readonly int _port = Ports.Next();
    private MqttServer _server = null!;
    private WebHost _host = null!;
    private ApiClient _officer = null!;

    public async ValueTask InitializeAsync()
    {
        _server = new MqttServerFactory().CreateMqttServer(
            new MqttServerOptionsBuilder().WithDefaultEndpoint().WithDefaultEndpointPort(_port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback).Build());
        await _server.StartAsync();
        _host = await WebHost.StartAsync(
            add: builder =>
            {
                builder.Services.AddSingleton(_server).AddSingleton<GatewayBoard>().AddSingleton<OutsideSetup>().AddSingleton<CommandPublisher>().AddCommands();
                // Nothing goes to a broker outside.
                builder.Services.AddSingleton(s => new OutsideLink(s.GetRequiredService<OutsideSetup>(), null!, TimeProvider.System, s.GetRequiredService<Microsoft.Extensions.Logging.ILogger<OutsideLink>>()));
            },
            map: app =>
            {
                app.Services.GetRequiredService<CommandSubscribers>().Attach(_server);
                app.MapCommands();
            });
        _host.Services.GetRequiredService<SensorRegistry>().AutoRegister("s-1", "gw-1");
        _officer = _host.ClientAs(Role.DutyOfficer);
    }

    public async ValueTask DisposeAsync()
    {
        _officer.Dispose();
        await _host.DisposeAsync();
        await _server.StopAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task A_command_waits_for_a_gateway_that_is_away_and_is_sent_when_it_subscribes()
    {
        var waiting = await SendAsync("""{"name":"report_now"}""");
        Assert.Equal(("waiting", "等待网关上线"), (waiting.GetProperty("state").GetString(), waiting.GetProperty("stateText").GetString()));
        using var gateway = new MqttClientFactory().CreateMqttClient();
        var got = await ConnectAsync(gateway);
        await gateway.SubscribeAsync("luohu/v1/gw-1/other/command", cancellationToken: TestContext.Current.CancellationToken);
        await gateway.SubscribeAsync("luohu/v1/gw-1/+/command", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(waiting.GetProperty("id").GetString()!, await NextOf(got));
        // Somebody is subscribed now: the next one goes at once, and is behind the first.
        var sent = await SendAsync("""{"name":"restart"}""");
        Assert.Equal("sent", sent.GetProperty("state").GetString());
        Assert.Contains(sent.GetProperty("id").GetString()!, await NextOf(got));
    }

    [Fact]
    public async Task A_command_that_was_on_the_way_when_the_connection_broke_is_sent_again_until_it_is_answered()
    {
        using var gateway = new MqttClientFactory().CreateMqttClient();
        var got = await ConnectAsync(gateway);
        await gateway.SubscribeAsync("luohu/v1/gw-1/+/command", cancellationToken: TestContext.Current.CancellationToken);
        var id = (await SendAsync("""{"name":"report_now"}""")).GetProperty("id").GetString()!;
        Assert.Contains(id, await NextOf(got));

        using var again = new MqttClientFactory().CreateMqttClient();
        got = await ConnectAsync(again);
        await again.SubscribeAsync("luohu/v1/gw-1/+/command", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(id, await NextOf(got));
        _host.Services.GetRequiredService<CommandBook>().Reply("gw-1", "s-1", new CommandReply(id, CommandState.Done, null));
        for (var i = 0; i < 2; i++) await again.SubscribeAsync("luohu/v1/gw-1/+/command", cancellationToken: TestContext.Current.CancellationToken);
        var next = (await SendAsync("""{"name":"restart"}""")).GetProperty("id").GetString()!;
        // The look after the first gateway's subscription may still be on its way, and sends it a second time; none after the answer does.
        var came = await NextOf(got);
        if (came.Contains(id, StringComparison.Ordinal)) came = await NextOf(got);
        Assert.Contains(next, came);
    }

    [Theory]
    [InlineData("""{"name":"report_now","expires":60}""", "body-member-unknown")]
    [InlineData("""{"name":"set_interval"}""", "command-set-interval")]
    [InlineData("""{"name":"set_clock","arguments":{"ts":"now"}}""", "command-set-clock")]
    [InlineData("""{"name":"restart","arguments":{"delay":5}}""", "command-no-arguments")]
    public async Task A_command_that_no_device_could_carry_out_is_not_taken(string body, string code) =>
        await ApiClient.ProblemOf(await _officer.Post(Path, body), 400, code);

    [Fact]
    public async Task The_list_goes_on_where_it_stopped()
    {
        for (var i = 0; i < 3; i++) await SendAsync("""{"name":"report_now"}""");
        var first = await ApiClient.JsonOf(await _officer.Get($"{Path}?limit=2"));
        var rest = await ApiClient.JsonOf(await _officer.Get($"{Path}?limit=2&after={first.GetProperty("next").GetString()}"));
        Assert.Equal((2, 1), (first.GetProperty("items").GetArrayLength(), rest.GetProperty("items").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
        await ApiClient.ProblemOf(await _officer.Get($"{Path}?limit=0"), 400, "limit-out-of-range");
    }

    private async Task<Channel<string>> ConnectAsync(IMqttClient gateway)
    {
        var got = Channel.CreateUnbounded<string>();
        gateway.ApplicationMessageReceivedAsync += m => Task.FromResult(got.Writer.TryWrite(m.ApplicationMessage.ConvertPayloadToString()));
        await gateway.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _port).Build(), TestContext.Current.CancellationToken);
        return got;
    }

    private static Task<string> NextOf(Channel<string> got) => got.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    private async Task<JsonElement> SendAsync(string body)
    {
        var answer = await _officer.Post(Path, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await ApiClient.TextOf(answer));
        return await ApiClient.JsonOf(answer);
    }
}
